#include "kubectl-ray/clusters/namespace_security.h"

namespace kubectl_ray {

bool IsRestricted(const KubeClient& kube, const std::string& ns) {
  const auto found = kube.Get(kNamespaces, "", ns);
  return found && EnforcesRestricted(*found);
}

void DecidePodSecurity(const KubeClient& kube, ClusterSpec* spec) {
  PodSecurity& level = spec->pods.security;
  if (level != PodSecurity::kAuto) return;
  const bool restricted = !IsRaysOwnImage(spec->image) && IsRestricted(kube, spec->ns);
  level = ChoosePodSecurity(level, spec->image, restricted);
}

}  // namespace kubectl_ray
