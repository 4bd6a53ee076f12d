// The objects that KubeRay's operator is made of. Pure. They are those of KubeRay's config/default, and roles
// for users besides; tests/integration/operator_test.py compares them with KubeRay's Go module.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/kube/resource.h"
#include "kubectl-ray/operator/release.h"

namespace kubectl_ray {

inline constexpr const char* kOperatorName = "kuberay-operator";

// Whose rights an object takes: definitions and all rights are an administrator's to give, the rest may be
// made by who may make Deployments in the namespace.
enum class OperatorPart { kAdmin, kUser };

struct OperatorObject {
  Resource resource;
  OperatorPart part;
  shared::Json object;

  std::string ns() const;  // empty: it is of the whole cluster
  std::string name() const;
};

struct OperatorSetup {
  const OperatorRelease* release = nullptr;
  std::string ns;
  bool make_namespace = false;
  // The namespaces that it looks after, with rights in them alone; empty: all, with rights in all.
  std::vector<std::string> watched = {};
  std::string image = {};                 // empty: the live one's repository, else the release's
  std::optional<std::string> gates = {};  // --feature-gates; nothing: as they are
  shared::Json live = {};                 // the Deployment as it is now; null: there is none
};

// In the order in which they have to be made: definitions, rights, and the Deployment last. Of a live
// Deployment the names, selector, flags, environment, resources and probes are kept, and its image's
// repository, which may be a mirror. kInternal: DefinitionsOf().
shared::Result<std::vector<OperatorObject>> OperatorObjects(const OperatorSetup& setup);

// The container of a Deployment in which the operator runs: the one of its name, else the first; null if
// there is none.
const shared::Json& OperatorContainer(const shared::Json& deployment);

// The namespaces of a Deployment's --watch-namespace; empty: all.
std::vector<std::string> WatchedNamespaces(const shared::Json& deployment);

}  // namespace kubectl_ray
