// What each command asks of the API server, as RBAC rules name it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// Which clusters the rights are for: a user may have one kind alone, and has the commands for that one then.
enum class ClusterKinds { kBoth, kOperator, kPlain };

// Verbs on one resource that a command needs.
struct NeededRight {
  enum class Of {
    kAny,
    kOperator,      // only for clusters of the KubeRay operator, and its RayJobs and RayServices
    kPlain,         // only for clusters without it
    kAllNamespaces  // is asked of all namespaces at once, so that no Role of one namespace helps
  };
  std::string group;     // empty: the core group
  std::string resource;  // with its subresource: pods/exec
  std::vector<std::string> verbs;
  Of of = Of::kAny;
};

// Returns all that the command may ask for, with any of its flags: some of it several times, and some that it
// does without, with a note, if it is refused. nullptr for a command that is not in the list, and for those
// of IsForAdmins(); commands_test.cc finds a leaf that is missing.
const std::vector<NeededRight>* NeededRights(std::string_view path);

// Returns whether the command takes an administrator of the whole Kubernetes cluster: it grants rights, and
// who grants rights has to hold them.
bool IsForAdmins(std::string_view path);

// Returns a Role of namespace `ns`, or a ClusterRole if that is empty, that allows the commands for clusters
// of `kinds`: rules by group and resource, each once, sorted.
shared::Json RoleFor(const std::vector<std::string>& commands, ClusterKinds kinds, const std::string& name,
                     const std::string& ns);

}  // namespace kubectl_ray
