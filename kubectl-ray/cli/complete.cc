#include "kubectl-ray/cli/complete.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/cli/command_line.h"
#include "kubectl-ray/cli/help.h"
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
  if (flag.owner->get_parent() != nullptr) return Wanted::kValues;  // a leaf's own: it has its names
  if (option.check_name("--namespace")) return Wanted::kNamespaceNames;
  if (option.check_name("--context")) return Wanted::kContextNames;
  if (option.check_name("--user")) return Wanted::kKubeconfigUsers;
  if (option.check_name("--cluster")) return Wanted::kKubeconfigClusters;
  return Wanted::kValues;
}

const CLI::Option* FirstArgument(const CLI::App& command) {
  const auto all = command.get_options([](const CLI::Option* option) { return option->get_positional(); });
  return all.empty() ? nullptr : all.front();
}

std::set<std::string> NamespaceNames(const KubeClient& kube, const std::string& /*ns*/) {
  std::set<std::string> names;
  (void)!kube.List(kNamespaces, "", {}, [&](const Json& item) {
    names.insert(shared::StringAt(item, {"metadata", "name"}));
    return names.size() < kMaxNames;
  });
  return names;
}

std::set<std::string> NamesFromCluster(const CompletionRequest& request, const Names& names,
                                       const Environment& environment, shared::Interrupt& interrupt) {
  auto access = LoadClusterAccess(request.kubeconfig, environment, &interrupt);
  if (!access) return {};
  const KubeClient kube(*std::move(access), std::chrono::seconds(2));
  return names(kube, kube.access().ns);
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
  // A TYPE/NAME comes once its slash was typed or if no bare name fits, so that a prompt lists bare names.
  void WriteNames(const std::set<std::string>& names) {
    const auto has_type = [](const std::string& name) { return name.find('/') != name.npos; };
    const bool bare_fits = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return !has_type(name) && name.starts_with(prefix_);
    });
    for (const std::string& name : names)
      if (!has_type(name) || has_type(prefix_) || !bare_fits) Write(name);
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

// CLI11 writes an enumeration as "{a,b,c}" in the option's type name.
void WriteValues(const CLI::Option* option, CandidateWriter* writer) {
  const std::string type = option == nullptr ? "" : option->get_type_name();
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return;
  for (const std::string& value :
       CLI::detail::split(type.substr(open + 1, type.find('}', open) - open - 1), ','))
    writer->Write(value);
}

// What the option's declaration names as its source; whether it names one.
bool WriteNames(const Leaf* leaf, const CompletionRequest& request, const Environment& environment,
                shared::Interrupt& interrupt, CandidateWriter* writer) {
  if (leaf == nullptr) return false;
  std::set<std::string> names;
  if (const Names from_cluster = leaf->names_of(request.option))
    names = NamesFromCluster(request, from_cluster, environment, interrupt);
  else if (const LocalNames from_here = leaf->local_names_of(request.option))
    names = from_here(environment);
  else
    return false;
  writer->WriteNames(names);
  return true;
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
    request.option = FirstArgument(*request.command);
    if (!subcommands.empty())
      request.wanted = Wanted::kCommands;
    else if (request.option != nullptr)
      request.wanted = Wanted::kValues;
  }
  return request;
}

void Complete(const CommandTree& tree, const std::vector<std::string>& words, std::ostream& out,
              const Environment& environment, shared::Interrupt& interrupt) {
  const CompletionRequest request = ReadCompletionRequest(tree.root(), words);
  const Leaf* leaf = tree.Find(request.command);
  CandidateWriter writer(out, request.prefix);
  int directive = kNoFiles;
  switch (request.wanted) {
    case Wanted::kCommands:
      WriteCommands(request.command, &writer);
      WriteNames(leaf, request, environment, interrupt, &writer);
      break;
    case Wanted::kNamespaceNames:
      for (const std::string& name : NamesFromCluster(request, NamespaceNames, environment, interrupt))
        writer.Write(name);
      break;
    case Wanted::kContextNames:
    case Wanted::kKubeconfigClusters:
    case Wanted::kKubeconfigUsers:
      for (const std::string& name : NamesFromKubeconfig(request, environment)) writer.Write(name);
      break;
    case Wanted::kFlags:
      WriteFlags(request.command, &writer);
      break;
    case Wanted::kValues:
      if (WriteNames(leaf, request, environment, interrupt, &writer)) break;
      if (leaf != nullptr)
        for (const std::string& word : leaf->words_beside_files(request.option)) writer.Write(word);
      WriteValues(request.option, &writer);
      directive = kDefault;
      break;
    case Wanted::kNothing:
      break;
  }
  out << ':' << directive << '\n' << std::flush;
}

}  // namespace kubectl_ray
