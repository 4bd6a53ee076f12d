// What a user points at on the command line: NAME or TYPE/NAME.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/kube/client.h"
#include "shared/result.h"

namespace kubectl_ray {

enum class TargetKind { kCluster, kJob, kService };

struct Target {
  TargetKind kind = TargetKind::kCluster;
  std::string name;

  bool operator==(const Target&) const = default;
};

// A bare NAME is a cluster; TYPE is raycluster, rayjob, rayservice or the same without "ray", singular or
// plural, in any case. kUsage: another type, or a name that Kubernetes would refuse (RFC 1123).
shared::Result<Target> ParseTarget(std::string_view text);

// "raycluster/NAME", as kubectl prints it.
std::string ToString(const Target& target);

// The Ray cluster of it: the name itself, or the one the RayJob or RayService runs on now, or that the
// RayService is to start with (kNotFound where there is none yet). A plain cluster's name is not looked up:
// no object is called so.
shared::Result<std::string> ResolveCluster(const KubeClient& kube, std::string_view ns, const Target& target);

}  // namespace kubectl_ray
