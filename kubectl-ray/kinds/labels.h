// The labels, annotations and names KubeRay gives its objects; ours carry the same ones.
// Source: ray-operator/controllers/ray/utils/constant.go of KubeRay 1.7.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

inline constexpr const char* kClusterLabel = "ray.io/cluster";
inline constexpr const char* kNodeTypeLabel = "ray.io/node-type";  // head, worker
inline constexpr const char* kGroupLabel = "ray.io/group";
// Of a node, not of an object: Ray sets it from RAY_NODE_TYPE_NAME, which KubeRay makes the group's name.
inline constexpr const char* kRayNodeGroupLabel = "ray.io/node-group";
inline constexpr const char* kIsRayNodeLabel = "ray.io/is-ray-node";
inline constexpr const char* kIdentifierLabel = "ray.io/identifier";
inline constexpr const char* kApplicationLabel = "app.kubernetes.io/name";
inline constexpr const char* kCreatedByLabel = "app.kubernetes.io/created-by";
inline constexpr const char* kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr const char* kOriginLabel = "ray.io/originated-from-crd";  // RayJob, RayService
inline constexpr const char* kServeLabel = "ray.io/serve";  // "true": the pod may serve, of a RayService
inline constexpr const char* kCronJobLabel = "ray.io/cronjob-name";      // of a RayCronJob's RayJobs
inline constexpr const char* kQueueLabel = "kueue.x-k8s.io/queue-name";  // Kueue admits what carries it
// Selects the head pods, or their Deployments, of every cluster.
inline constexpr const char* kEveryHeadSelector = "ray.io/cluster,ray.io/node-type=head";
inline constexpr const char* kHeadGroupName = "headgroup";
inline constexpr const char* kOverwriteCommandAnnotation = "ray.io/overwrite-container-cmd";

// Ours alone, on the objects of a cluster without an operator.
inline constexpr const char* kManagedByUs = "kubectl-ray";
inline constexpr const char* kRayVersionAnnotation = "kubectl.ray.io/ray-version";
inline constexpr const char* kRayStartParamsAnnotation = "kubectl.ray.io/ray-start-params";  // JSON
inline constexpr const char* kReplicasAnnotation = "kubectl.ray.io/replicas";  // wanted when not suspended
inline constexpr const char* kMinReplicasAnnotation = "kubectl.ray.io/min-replicas";
inline constexpr const char* kMaxReplicasAnnotation = "kubectl.ray.io/max-replicas";
// Ours on the pods of a RayCluster that `up` made: which version of their group's template they are of.
inline constexpr const char* kRevisionAnnotation = "kubectl.ray.io/revision";
// Ours on the ControllerRevisions that keep earlier specs of a RayService: the UID of that.
inline constexpr const char* kRevisionOfLabel = "kubectl.ray.io/revision-of";

inline std::string HeadServiceName(std::string_view cluster) { return std::string(cluster) + "-head-svc"; }
inline std::string HeadDeploymentName(std::string_view cluster) { return std::string(cluster) + "-head"; }
inline std::string WorkerDeploymentName(std::string_view cluster, std::string_view group) {
  return std::string(cluster) + "-" + std::string(group) + "-worker";
}

}  // namespace kubectl_ray
