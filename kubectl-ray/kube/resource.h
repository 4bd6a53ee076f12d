// The kinds of Kubernetes' own objects that this program reads or writes, as the API server addresses them.
#pragma once

#include <string>

namespace kubectl_ray {

struct Resource {
  std::string group;  // empty: the core group
  std::string version;
  std::string plural;  // as in URLs and RBAC rules
  std::string kind;

  std::string ApiVersion() const { return group.empty() ? version : group + "/" + version; }
  bool operator==(const Resource&) const = default;
};

inline const Resource kPods{"", "v1", "pods", "Pod"};
inline const Resource kServices{"", "v1", "services", "Service"};
inline const Resource kConfigMaps{"", "v1", "configmaps", "ConfigMap"};
inline const Resource kSecrets{"", "v1", "secrets", "Secret"};
inline const Resource kEvents{"", "v1", "events", "Event"};
inline const Resource kNamespaces{"", "v1", "namespaces", "Namespace"};
inline const Resource kNodes{"", "v1", "nodes", "Node"};
inline const Resource kDeployments{"apps", "v1", "deployments", "Deployment"};
inline const Resource kReplicaSets{"apps", "v1", "replicasets", "ReplicaSet"};
inline const Resource kControllerRevisions{"apps", "v1", "controllerrevisions", "ControllerRevision"};

}  // namespace kubectl_ray
