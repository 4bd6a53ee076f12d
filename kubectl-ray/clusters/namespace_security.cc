#include "kubectl-ray/clusters/namespace_security.h"

namespace kubectl_ray {

void DecidePodSecurity(const KubeClient& kube, ClusterSpec* spec) {
  PodSecurity& level = spec->pods.security;
  if (level != PodSecurity::kAuto) return;
  bool restricted = false;
  if (!IsRaysOwnImage(spec->image)) {
    const auto ns = kube.Get(kNamespaces, "", spec->ns);
    restricted = ns && EnforcesRestricted(*ns);
  }
  level = ChoosePodSecurity(level, spec->image, restricted);
}

}  // namespace kubectl_ray
