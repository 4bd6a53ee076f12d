#include "kubectl-ray/commands/file_target.h"

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

shared::Result<ClusterFile> ReadFileArgument(const std::string& path, const std::string& name,
                                             CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(path, context.io.in));
  return ReadClusterFile(path, text, name);
}

shared::Result<std::string> NamespaceOf(const ClusterFile& file, CommandContext& context) {
  const std::string given = context.global.kubeconfig.ns, own = file.ns();
  if (own.empty()) return context.Namespace();
  if (!given.empty() && given != own)
    return Fail(ErrorCode::kUsage,
                file.source + " is about namespace \"" + own + "\", and --namespace says \"" + given + "\"",
                "Leave out --namespace, or change the file.");
  return own;
}

shared::Result<NamedCluster> ResolveFileTarget(const std::string& word, const std::string& cluster_name,
                                               CommandContext& context) {
  if (!NamesFile(word)) {
    if (!cluster_name.empty())
      return Fail(ErrorCode::kUsage,
                  "--cluster-name replaces the name in a file, and \"" + word + "\" is none",
                  "Write that name in its place.");
    ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
    return NamedCluster{word, ns, false};
  }
  ASSIGN_OR_RETURN(const ClusterFile file, ReadFileArgument(word, cluster_name, context));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceOf(file, context));
  context.io.err << shared::EscapeControl(word + " is a file: Ray cluster \"" + file.cluster() +
                                          "\" in namespace \"" + ns + "\"")
                 << std::endl;
  return NamedCluster{file.cluster(), ns, true};
}

CLI::Option* AddFileArgument(Leaf& leaf, std::string* file, const std::string& help) {
  return leaf.Argument("FILE", file, help, kNoNames)->required();
}

CLI::Option* AddClusterNameFlag(Leaf& leaf, std::string* name) {
  return leaf.Flag("--cluster-name", name,
                   "The cluster's name instead of the file's (-n is kubectl's namespace)");
}

}  // namespace kubectl_ray
