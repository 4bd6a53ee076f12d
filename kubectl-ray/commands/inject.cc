#include "kubectl-ray/commands/inject.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "kubectl-ray/cli/print_diff.h"
#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/commands/agent_flags.h"
#include "kubectl-ray/formats/manifest_files.h"
#include "kubectl-ray/formats/unified_diff.h"
#include "kubectl-ray/injection/injection.h"
#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "kubectl-ray/manifests/agent_config_map.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;

struct Input {
  std::string name;
  std::string text;
};

shared::Result<std::string> ReadAll(const std::string& path, std::istream& in) {
  std::string text;
  std::array<char, 65536> piece{};
  while (in && text.size() <= kMaxManifestBytes) {
    in.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": it is not a readable file");
  if (text.size() <= kMaxManifestBytes) return text;
  return Fail(ErrorCode::kUsage,
              "cannot read \"" + path + "\": it is larger than " + shared::FormatBytes(kMaxManifestBytes));
}

shared::Result<std::vector<Input>> ReadInputs(const std::vector<std::string>& given,
                                              CommandContext& context) {
  std::vector<std::string> paths;
  for (const std::string& path : given.empty() ? std::vector<std::string>{"-"} : given) {
    ASSIGN_OR_RETURN(const std::vector<std::string> files, ManifestFiles(path, false));
    paths.insert(paths.end(), files.begin(), files.end());
  }
  if (given.empty() && context.io.in_is_terminal)
    return Fail(ErrorCode::kUsage, "must specify -f FILE, or TYPE/NAME", "`-f -` reads from the terminal.");
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    std::ifstream file;
    if (path != "-") {
      file.open(path, std::ios::binary);
      if (!file) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(errno));
    }
    ASSIGN_OR_RETURN(std::string text, ReadAll(path, path == "-" ? context.io.in : file));
    inputs.push_back({path == "-" ? "stdin" : path, std::move(text)});
  }
  return inputs;
}

void Report(const std::string& name, const Injection& done, bool inject, std::ostream& err) {
  for (const std::string& note : done.notes) err << "note: " << shared::EscapeControl(note) << "\n";
  for (const InjectedObject& object : done.objects) {
    const char* what =
        inject ? (object.changed ? " has the agent" : " has the agent already, not by this command")
               : (object.changed ? " is without the agent" : " was not injected");
    err << name << ":" << object.line << ": "
        << shared::EscapeControl(object.object + what +
                                 (object.roles.empty() ? "" : ": " + shared::Joined(object.roles)))
        << "\n";
  }
  if (done.objects.empty() && done.errors.empty()) err << "note: no pod in " << name << " runs Ray\n";
}

// Prints all errors but the last, which is the command's.
shared::Result<int> Failed(const std::vector<shared::Error>& errors, Streams& io) {
  for (std::size_t i = 0; i + 1 < errors.size(); ++i) PrintError(io, errors[i]);
  return shared::Unexpected(errors.back());
}

// Several texts as one, of which each begins a document of its own.
std::string AsDocuments(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty() && !joined.ends_with('\n')) joined += "\n";
    if (!joined.empty() && !text.starts_with("---")) joined += "---\n";
    joined += text;
  }
  return joined;
}

std::vector<Json> ConfigMapsFor(const std::vector<std::string>& namespaces, const std::string& given) {
  std::vector<Json> objects;
  for (const std::string& ns : namespaces) {
    for (const AgentArchive& agent : EmbeddedAgents()) {
      objects.push_back(AgentConfigMap(agent, ns.empty() ? given : ns));
      if (ns.empty() && given.empty()) objects.back()["metadata"].erase("namespace");
    }
  }
  return objects;
}

// What the pods need beside their text: first, so that it is there when they come. On a terminal without the
// agent's megabyte.
std::string WithAgents(const std::string& text, const std::vector<std::string>& namespaces,
                       const InjectFlags& flags, CommandContext& context) {
  if (!flags.agent_image.empty() || flags.config_map == "omit" || namespaces.empty()) return text;
  if (context.io.out_is_terminal) {
    context.io.err << "note: the agent's ConfigMap would come first; a file or pipe gets it\n";
    return text;
  }
  return WithConfigMaps(text, ConfigMapsFor(namespaces, context.global.kubeconfig.ns));
}

shared::Status Check(const InjectFlags& flags) {
  if (flags.config_map != "print" && flags.config_map != "omit" && flags.config_map != "only")
    return Fail(ErrorCode::kUsage, "--config-map \"" + flags.config_map + "\" is not print, omit or only");
  if (!flags.objects.empty() && !flags.files.empty())
    return Fail(ErrorCode::kUsage, "-f and TYPE/NAME do not go together", "Give one of them.");
  return shared::Ok();
}

int PrintConfigMaps(CommandContext& context) {
  context.io.out << WithConfigMaps("", ConfigMapsFor({""}, context.global.kubeconfig.ns));
  return kExitOk;
}

shared::Result<int> Run(const InjectFlags& flags, bool inject, CommandContext& context) {
  TRY(Check(flags));
  if (flags.config_map == "only") return PrintConfigMaps(context);
  if (!flags.objects.empty()) return InjectObjects(flags, inject, context);
  AgentOptions agent;
  if (inject) {
    ASSIGN_OR_RETURN(agent, AgentFrom(flags.agent_image, flags.agent_metrics));
  }
  ASSIGN_OR_RETURN(const std::vector<Input> inputs, ReadInputs(flags.files, context));
  std::vector<std::string> texts, namespaces;
  std::vector<shared::Error> errors;
  std::string diff;
  for (const Input& input : inputs) {
    const Injection done = inject ? Inject(input.name, input.text, agent) : Uninject(input.name, input.text);
    Report(input.name, done, inject, context.io.err);
    errors.insert(errors.end(), done.errors.begin(), done.errors.end());
    for (const std::string& ns : done.namespaces)
      if (std::find(namespaces.begin(), namespaces.end(), ns) == namespaces.end()) namespaces.push_back(ns);
    if (flags.diff) diff += UnifiedDiff(input.name, WithoutConfigMaps(input.text), input.name, done.text);
    texts.push_back(done.text);
  }
  if (!errors.empty()) return Failed(errors, context.io);  // and nothing on stdout, which may be applied
  if (flags.diff)
    PrintDiff(context.io, diff);
  else
    context.io.out << WithAgents(texts.size() == 1 ? texts.front() : AsDocuments(texts), namespaces, flags,
                                 context);
  return kExitOk;
}

void AddCommonFlags(Leaf& leaf, InjectFlags* flags) {
  leaf.Argument("OBJECT", &flags->objects,
                "TYPE/NAME of an object in the API server that has a pod template: rayservice/demo, "
                "deployment/ray-head",
                WorkloadNames);
  leaf.Flag("-f,--filename", &flags->files, "File or directory of manifests; -: stdin, as without any");
  leaf.Flag("--diff", &flags->diff, "Print what would change, as `diff -u` does, and change nothing");
  leaf.Flag("-y,--yes", &flags->yes, "Answer 'yes' to all prompts and run non-interactively");
  leaf.app().add_flag(
      "--dry-run{client}", flags->dry_run,
      "Of an OBJECT, print the changed object instead of sending it; =server: the API server judges "
      "it, storing nothing");
}

}  // namespace

void Inject(Leaf& leaf) {
  auto& flags = leaf.Flags<InjectFlags>();
  AddCommonFlags(leaf, &flags);
  AddAgentImageFlag(leaf, &flags.agent_image);
  AddAgentMetricsFlag(leaf, &flags.agent_metrics);
  leaf.Flag("--config-map", &flags.config_map,
            "Whether to print the agent's ConfigMap before the manifests: print, omit, or only, without any "
            "manifests")
      ->capture_default_str();
  leaf.Note(
      "Every byte that is not the agent's stays: comments, order, anchors. `kubectl ray uninject` gives back "
      "the same "
      "text. If anything that runs Ray cannot be injected, the reason is on stderr and nothing on stdout.");
  leaf.Example("Apply manifests with the agent in their Ray pods",
               "kubectl ray inject -f cluster.yaml | kubectl apply --server-side -f -");
  leaf.Example("See what would change", "kubectl ray inject -f manifests/ --diff");
  leaf.Example("Change an object that is there",
               "kubectl ray inject rayservice/demo --agent-image registry.example.com/agent:1");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, true, context); });
}

void Uninject(Leaf& leaf) {
  auto& flags = leaf.Flags<InjectFlags>();
  AddCommonFlags(leaf, &flags);
  leaf.Example("Get back the manifests that were injected", "kubectl ray uninject -f injected.yaml");
  leaf.Example("Take the agent out of an object that is there", "kubectl ray uninject rayservice/demo");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, false, context); });
}

}  // namespace kubectl_ray
