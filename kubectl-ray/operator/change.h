// What an install or an upgrade changes, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/operator/owner.h"
#include "kubectl-ray/operator/release.h"

namespace kubectl_ray {

enum class ChangeAction { kCreate, kChange, kKeep };

struct ObjectChange {
  ChangeAction action = ChangeAction::kKeep;
  std::string name;  // "clusterrole.rbac.authorization.k8s.io/kuberay-operator"
  Owner owner;       // of the object as it is
  // One for each difference, "+ ", "- " or "~ " first: fields of a definition, rights of a role, values of
  // the rest. They come from the server and are not escaped.
  std::vector<std::string> lines;

  bool operator==(const ObjectChange&) const = default;
};

// What makes `after` of `before`, which is null if the object is new. What the API server keeps of any object
// (managedFields, resourceVersion, status) does not count.
ObjectChange DescribeChange(const shared::Json& before, const shared::Json& after);

// What differs between two releases' feature gates, a line each.
std::vector<std::string> GateChanges(const OperatorRelease& before, const OperatorRelease& after);

// The plan as a person reads it: objects that stay as they are as a number, of others at most `kMostLines`
// lines each. Escaped.
inline constexpr std::size_t kMostLines = 12;
std::string RenderPlan(const std::vector<ObjectChange>& changes, const std::vector<std::string>& gates);

// "+ A", "~ B (kept by C)" ...; the changed objects that somebody else looks after, as lines of a list.
// Empty: there are none. Escaped.
std::string ForeignObjects(const std::vector<ObjectChange>& changes);
// Returns the sentence about them: the command of Helm if one is of a release of Helm's, which never upgrades
// definitions. `version` is the release of KubeRay that is wanted.
std::string WayOutOfForeign(const std::vector<ObjectChange>& changes, const std::string& version);

}  // namespace kubectl_ray
