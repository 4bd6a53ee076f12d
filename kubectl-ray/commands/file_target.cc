#include "kubectl-ray/commands/file_target.h"

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

shared::Result<ClusterFile> ReadFileArgument(const std::string& path, const std::string& name,
                                             const std::string& action, CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(path, context.io.in));
  return ReadClusterFile(path, text, action, name);
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
    return NamedCluster{word, ns, {}};
  }
  ASSIGN_OR_RETURN(ClusterFile file, ReadFileArgument(word, cluster_name, "read", context));
  ASSIGN_OR_RETURN(const std::string ns, NamespaceOf(file, context));
  context.io.err << shared::EscapeControl(word + " is a file: Ray cluster \"" + file.cluster() +
                                          "\" in namespace \"" + ns + "\"")
                 << std::endl;
  const std::string name = file.cluster();
  return NamedCluster{name, ns, std::move(file)};
}

shared::Result<RayPod> FindRunningHead(const KubeClient& kube, const NamedCluster& cluster) {
  ASSIGN_OR_RETURN(const auto pods, ListRayPods(kube, cluster.ns, cluster.name));
  if (const RayPod* head = BestHead(pods)) return *head;
  return Fail(ErrorCode::kUnavailable, "the head of cluster \"" + cluster.name + "\" does not run now",
              "`kubectl ray status " + cluster.name + " -n " + cluster.ns +
                  "` says why; `kubectl ray up FILE` brings it up.");
}

CLI::Option* AddFileArgument(Leaf& leaf, std::string* file, const std::string& help) {
  return leaf.Argument("FILE", file, help, kNoNames)->required();
}

CLI::Option* AddClusterNameFlag(Leaf& leaf, std::string* name) {
  return leaf.Flag("--cluster-name", name,
                   "The cluster's name instead of the file's (-n is kubectl's namespace)");
}

}  // namespace kubectl_ray
