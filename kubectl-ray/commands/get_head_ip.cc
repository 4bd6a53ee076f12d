#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

struct IpFlags {
  std::string file;
  std::string cluster_name;

  bool operator==(const IpFlags&) const = default;
};

// One address a line; a pod that has none yet is passed over.
shared::Result<int> PrintIps(const IpFlags& flags, const char* node_type, CommandContext& context) {
  ASSIGN_OR_RETURN(const NamedCluster cluster, ResolveFileTarget(flags.file, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(
      const auto pods,
      kube->ListAll(kPods, cluster.ns, {.label_selector = RayPodSelector(cluster.name, node_type)}));
  std::string ips;
  for (const Json& pod : pods) {
    const std::string ip = shared::StringAt(pod, {"status", "podIP"});
    const bool stays = !IsOver(pod) && shared::At(pod, {"metadata", "deletionTimestamp"}).is_null();
    if (!ip.empty() && stays && ReadRayPod(pod).node_type == node_type) ips += ip + "\n";
  }
  if (ips.empty())
    return Fail(ErrorCode::kNotFound,
                std::string("no ") + node_type + " of Ray cluster \"" + cluster.name + "\" in namespace \"" +
                    cluster.ns + "\" has an address",
                "`kubectl ray status " + cluster.name + " -n " + cluster.ns + "` says why.");
  context.io.out << ips << std::flush;
  return kExitOk;
}

void AddIps(Leaf& leaf, const char* node_type) {
  auto& flags = leaf.Flags<IpFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster's file, or its name");
  AddClusterNameFlag(leaf, &flags.cluster_name);
  leaf.Run([&flags, node_type](CommandContext& context) { return PrintIps(flags, node_type, context); });
}

}  // namespace

void GetHeadIp(Leaf& leaf) {
  AddIps(leaf, "head");
  leaf.Example("The address of the head's pod", "kubectl ray get-head-ip cluster.yaml");
}

void GetWorkerIps(Leaf& leaf) {
  AddIps(leaf, "worker");
  leaf.Example("The addresses of the workers' pods, one a line", "kubectl ray get-worker-ips cluster.yaml");
}

}  // namespace kubectl_ray
