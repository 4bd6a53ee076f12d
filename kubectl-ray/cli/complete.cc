#include "kubectl-ray/cli/complete.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "kubectl-ray/cli/command_line.h"
#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using Wanted = CompletionRequest::Wanted;

// cobra's ShellCompDirective bits.
constexpr int kDefault = 0;  // the shell completes files
constexpr int kNoFiles = 4;
constexpr std::size_t kMaxNames = 1000;

void NoteFlag(const CLI::Option& option, const std::string& value, KubeconfigFlags* flags) {
  if (option.check_name("--namespace")) flags->ns = value;
  if (option.check_name("--context")) flags->context = value;
  if (option.check_name("--kubeconfig")) flags->kubeconfig = value;
}

Wanted WantedFor(const GivenFlag& flag) {
  const CLI::Option& option = *flag.option;
  const bool global =
      flag.owner->get_parent() == nullptr;  // kubectl's --cluster is not that of a command of ours
  if (option.check_name("--namespace")) return Wanted::kNamespaceNames;
  if (option.check_name("--context")) return Wanted::kContextNames;
  if (option.check_name("--user") && global) return Wanted::kKubeconfigUsers;
  if (option.check_name("--cluster") && global) return Wanted::kKubeconfigClusters;
  if (option.check_name("--ray-cluster") || option.check_name("--cluster")) return Wanted::kClusterNames;
  return Wanted::kValues;
}

const CLI::Option* FirstArgument(const CLI::App& command) {
  const auto all = command.get_options([](const CLI::Option* option) { return option->get_positional(); });
  return all.empty() ? nullptr : all.front();
}

// Commands that make things are given new names, not those there are.
Wanted WantedArgument(const CLI::App& command) {
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent())
    if (at->get_name() == "create" || at->get_name() == "completion") return Wanted::kValues;
  return FirstArgument(command) == nullptr ? Wanted::kNothing : Wanted::kClusterNames;
}

std::set<std::string> ClusterNames(const KubeClient& kube, const std::string& ns) {
  std::set<std::string> names;
  std::mutex adding;
  const auto add = [&](std::string name) {
    const std::lock_guard lock(adding);
    names.insert(std::move(name));
    return names.size() < kMaxNames;
  };
  const auto add_heads = [&](const Resource& heads) {
    (void)!kube.List(heads, ns, {.label_selector = kEveryHeadSelector}, [&](const Json& head) {
      return add(shared::StringAt(head, {"metadata", "labels", kClusterLabel}));
    });
  };
  // Side by side, as a prompt waits for them. A head's Deployment is there while its cluster is suspended,
  // its pod where nothing else of it may be read.
  std::jthread deployments([&] { add_heads(kDeployments); });
  std::jthread pods([&] { add_heads(kPods); });
  (void)!kube.List(kRayClusters, ns, {}, [&](const Json& cluster) {
    return add(shared::StringAt(cluster, {"metadata", "name"}));
  });
  deployments.join();
  pods.join();
  return names;
}

std::set<std::string> NamesFromCluster(const CompletionRequest& request, const Environment& environment,
                                       shared::Interrupt& interrupt) {
  auto access = LoadClusterAccess(request.kubeconfig, environment, &interrupt);
  if (!access) return {};
  const KubeClient kube(*std::move(access), std::chrono::seconds(2));
  if (request.wanted == Wanted::kClusterNames) return ClusterNames(kube, kube.access().ns);
  std::set<std::string> names;
  (void)!kube.List(kNamespaces, "", {}, [&](const Json& item) {
    names.insert(shared::StringAt(item, {"metadata", "name"}));
    return names.size() < kMaxNames;
  });
  return names;
}

std::vector<std::string> NamesFromKubeconfig(const CompletionRequest& request,
                                             const Environment& environment) {
  auto names = ReadKubeconfigNames(request.kubeconfig, environment);
  if (!names) return {};
  if (request.wanted == Wanted::kContextNames) return std::move(names->contexts);
  return std::move(request.wanted == Wanted::kKubeconfigUsers ? names->users : names->clusters);
}

class CandidateWriter {
 public:
  CandidateWriter(std::ostream& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}
  void Write(const std::string& candidate, const std::string& description = "") {
    if (!candidate.starts_with(prefix_)) return;
    out_ << shared::EscapeControl(candidate);
    if (!description.empty()) out_ << '\t' << shared::FirstLine(description);
    out_ << '\n';
  }

 private:
  std::ostream& out_;
  const std::string prefix_;
};

void WriteFlags(const CLI::App* command, CandidateWriter* writer) {
  for (const CLI::App* at = command; at != nullptr; at = at->get_parent())
    for (const CLI::Option* option : at->get_options())
      for (const std::string& name : option->get_lnames())
        writer->Write("--" + name, option->get_description());
}

void WriteCommands(const CLI::App* command, CandidateWriter* writer) {
  for (const CLI::App* sub : Subcommands(*command)) writer->Write(sub->get_name(), sub->get_description());
}

// CLI11 tells an enumeration as "{a,b,c}" in the option's type name.
void WriteValues(const CLI::Option* option, CandidateWriter* writer) {
  const std::string type = option == nullptr ? "" : option->get_type_name();
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return;
  for (const std::string& value :
       CLI::detail::split(type.substr(open + 1, type.find('}', open) - open - 1), ','))
    writer->Write(value);
}

}  // namespace

CompletionRequest ReadCompletionRequest(const CLI::App& root, const std::vector<std::string>& words) {
  CompletionRequest request;
  request.prefix = words.empty() ? "" : words.back();
  const auto line = ReadCommandLine(root, {words.begin(), words.empty() ? words.end() : words.end() - 1});
  if (!line || line->program) return request;  // a mistake is not completed, nor a program's own words
  request.command = line->command;
  for (const GivenFlag& flag : line->flags)
    NoteFlag(*flag.option, flag.value.value_or(""), &request.kubeconfig);
  if (line->awaiting) {
    request.option = line->awaiting->option;
    request.wanted = WantedFor(*line->awaiting);
  } else if (const std::size_t equals = request.prefix.find('=');
             request.prefix.starts_with("--") && equals != std::string::npos) {
    std::vector<std::string> with_flag(words.begin(), words.end() - 1);
    with_flag.push_back(request.prefix.substr(0, equals));
    request.prefix.erase(0, equals + 1);
    const auto flagged = ReadCommandLine(root, with_flag);
    if (!flagged || !flagged->awaiting) return request;
    request.option = flagged->awaiting->option;
    request.wanted = WantedFor(*flagged->awaiting);
  } else if (request.prefix.starts_with('-')) {
    request.wanted = Wanted::kFlags;
  } else {
    const auto subcommands = request.command->get_subcommands([](const CLI::App*) { return true; });
    request.wanted = subcommands.empty() ? WantedArgument(*request.command) : Wanted::kCommands;
    if (request.wanted == Wanted::kValues) request.option = FirstArgument(*request.command);
  }
  return request;
}

void Complete(const CLI::App& root, const std::vector<std::string>& words, std::ostream& out,
              const Environment& environment, shared::Interrupt& interrupt) {
  const CompletionRequest request = ReadCompletionRequest(root, words);
  CandidateWriter writer(out, request.prefix);
  int directive = kNoFiles;
  switch (request.wanted) {
    case Wanted::kCommands:
      WriteCommands(request.command, &writer);
      if (WantedArgument(*request.command) != Wanted::kClusterNames) break;
      [[fallthrough]];
    case Wanted::kClusterNames:
    case Wanted::kNamespaceNames: {
      CompletionRequest names = request;
      if (request.wanted == Wanted::kCommands) names.wanted = Wanted::kClusterNames;
      for (const std::string& name : NamesFromCluster(names, environment, interrupt)) writer.Write(name);
      break;
    }
    case Wanted::kContextNames:
    case Wanted::kKubeconfigClusters:
    case Wanted::kKubeconfigUsers:
      for (const std::string& name : NamesFromKubeconfig(request, environment)) writer.Write(name);
      break;
    case Wanted::kFlags:
      WriteFlags(request.command, &writer);
      break;
    case Wanted::kValues:
      WriteValues(request.option, &writer);
      directive = kDefault;
      break;
    case Wanted::kNothing:
      break;
  }
  out << ':' << directive << '\n' << std::flush;
}

}  // namespace kubectl_ray
