// The releases of KubeRay's operator that this program installs, and what differs between them. The facts are
// KubeRay's (ray-operator/pkg/features/features.go and config/rbac of each release);
// tests/integration/operator_test.py compares them with its Go module.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// What a role may do to one resource of one API group.
struct Right {
  std::string group;
  std::string resource;
  std::string verb;

  auto operator<=>(const Right&) const = default;
};

struct FeatureGate {
  std::string name;
  bool on = false;  // by default
};

struct OperatorRelease {
  std::string version;             // "1.6.2"
  std::vector<FeatureGate> gates;  // the operator exits on others
  shared::Json rules;              // of its ClusterRole

  std::string image() const { return "quay.io/kuberay/operator:v" + version; }
};

// The releases, oldest first. They stay where they are until the program ends.
std::span<const OperatorRelease> OperatorReleases();

// The release of "1.6.2" or "v1.6.2"; of an empty text the newest. kUsage lists those that there are.
shared::Result<const OperatorRelease*> FindOperatorRelease(const std::string& version);

// The rights that rules of a Role or ClusterRole give. Members of a wrong type count as not there.
std::set<Right> RightsOf(const shared::Json& rules);

// "1.6.2" → {1, 6, 2}, for comparing; a "v" before it and all after the numbers are left out. Empty: it is no
// version.
std::vector<int> VersionNumbers(const std::string& version);

}  // namespace kubectl_ray
