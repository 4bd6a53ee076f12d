#include "kubectl-ray/clusters/create.h"

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/network_policies.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/agent_config_map.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;
using shared::StringAt;

shared::Unexpected<shared::Error> AlreadyExists(const std::string& ns, const std::string& name) {
  return Fail(
      ErrorCode::kConflict,
      "cannot create Ray cluster \"" + name + "\": it already exists in namespace \"" + ns + "\"",
      "`kubectl ray status " + name + " -n " + ns + "` shows it; `kubectl ray scale cluster` changes it.");
}

// Without fetching a megabyte of archive.
shared::Result<bool> Exists(const KubeClient& kube, const Resource& resource, const std::string& ns,
                            const std::string& name) {
  shared::HttpRequest request;
  request.headers = {{"Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"}};
  auto answer = kube.Send(std::move(request), ResourcePath(resource, ns, name));
  if (answer) return true;
  if (answer.error().code == ErrorCode::kNotFound) return false;
  return shared::Unexpected(answer.error());
}

// For a refusal of something that can be left out: appends `way_out` to the hint.
shared::Unexpected<shared::Error> RefusedWith(shared::Error error, const char* way_out) {
  if (error.code == ErrorCode::kAuth) error.hint += (error.hint.empty() ? "" : " ") + std::string(way_out);
  return shared::Unexpected(std::move(error));
}

// Deletes the head's Deployment after a later part was refused; the error is that refusal.
Status TakeBack(const KubeClient& kube, const std::string& ns, const std::string& head, bool dry_run,
                shared::Error error) {
  if (dry_run) return shared::Unexpected(error);
  auto gone = kube.Delete(kDeployments, ns, head);
  if (!gone && gone.error().code != ErrorCode::kNotFound)
    error.hint = "What was made before could not be taken back (" + gone.error().message +
                 "); `kubectl delete deployment " + head + " -n " + ns + "` does.";
  return shared::Unexpected(error);
}

// Makes the Service and the workers, which the head owns.
Status CreateOwned(const KubeClient& kube, PlainCluster& cluster, const WriteOptions& options) {
  const std::string ns = StringAt(cluster.head, {"metadata", "namespace"});
  const Json owner = OwnerReferences(cluster.head);
  cluster.service["metadata"]["ownerReferences"] = owner;
  ASSIGN_OR_RETURN(cluster.service, kube.Create(kServices, ns, cluster.service, options));
  for (Json& worker : cluster.workers) {
    worker["metadata"]["ownerReferences"] = owner;
    ASSIGN_OR_RETURN(worker, kube.Create(kDeployments, ns, worker, options));
  }
  return Ok();
}

// An error unless the name is free for a cluster of this backend.
Status CheckNameIsFree(const KubeClient& kube, const std::string& ns, const std::string& name,
                       Backend backend) {
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  const auto ray_cluster = served ? Exists(kube, kRayClusters, ns, name) : shared::Result<bool>(false);
  const auto plain = Exists(kube, kDeployments, ns, HeadDeploymentName(name));
  if (ray_cluster.value_or(false) || plain.value_or(false)) return AlreadyExists(ns, name);
  if (backend == Backend::kOperator && !ray_cluster)
    return RefusedWith(ray_cluster.error(), "--without-operator makes Deployments instead.");
  return EitherKind(kube, OutcomeOf(ray_cluster), OutcomeOf(plain));
}

// The name is free, so that nothing is changed.
shared::Result<Json> ApplyRayCluster(const KubeClient& kube, const Json& ray_cluster, bool dry_run) {
  const std::string ns = StringAt(ray_cluster, {"metadata", "namespace"});
  const std::string name = StringAt(ray_cluster, {"metadata", "name"});
  return kube.Apply(kRayClusters, ns, name, ray_cluster, {.dry_run = dry_run});
}

shared::Result<PlainCluster> CreatePlainCluster(const KubeClient& kube, PlainCluster cluster, bool dry_run) {
  const std::string ns = StringAt(cluster.head, {"metadata", "namespace"});
  const std::string name = StringAt(cluster.head, {"metadata", "labels", kClusterLabel});
  const std::string head_name = StringAt(cluster.head, {"metadata", "name"});
  const WriteOptions options{.dry_run = dry_run};
  shared::Result<Json> head = kube.Create(kDeployments, ns, cluster.head, options);
  if (!head && head.error().code == ErrorCode::kConflict) return AlreadyExists(ns, name);
  if (!head) return shared::Unexpected(head.error());
  cluster.head = std::move(*head);
  if (Status owned = CreateOwned(kube, cluster, options); !owned)
    TRY(TakeBack(kube, ns, head_name, dry_run, owned.error()));
  return cluster;
}

Status CreateParts(const KubeClient& kube, ClusterPlan* plan, bool dry_run) {
  if (plan->backend == Backend::kOperator) {
    ASSIGN_OR_RETURN(plan->ray_cluster, ApplyRayCluster(kube, plan->ray_cluster, dry_run));
  } else {
    ASSIGN_OR_RETURN(plan->plain, CreatePlainCluster(kube, std::move(plan->plain), dry_run));
  }
  return Ok();
}

// The policies are there before the first pod, and get their owner once it is there.
Status CreateWithPolicies(const KubeClient& kube, ClusterPlan* plan, bool dry_run) {
  TRY(ApplyNetworkPolicies(kube, Json(), dry_run, &plan->policies));
  if (const Status made = CreateParts(kube, plan, dry_run); !made) {
    if (dry_run) return made;
    return TakeBackNetworkPolicies(kube, plan->policies, made.error());
  }
  if (dry_run) return Ok();
  const Json& owner = plan->backend == Backend::kOperator ? plan->ray_cluster : plan->plain.head;
  return ApplyNetworkPolicies(kube, owner, false, &plan->policies);
}

}  // namespace

Status EnsureAgent(const KubeClient& kube, const std::string& ns, const std::vector<AgentArchive>& agents,
                   bool dry_run) {
  for (const AgentArchive& agent : agents) {
    const auto there = Exists(kube, kConfigMaps, ns, AgentConfigMapName(agent));
    if (there && *there) continue;
    if (!there && there.error().code != ErrorCode::kAuth) return shared::Unexpected(there.error());
    auto created = kube.Create(kConfigMaps, ns, AgentConfigMap(agent, ns), {.dry_run = dry_run});
    if (!created && created.error().code != ErrorCode::kConflict)
      return RefusedWith(
          created.error(),
          "The ConfigMap brings ray-init-agent into the pods; --agent-image IMAGE brings it by "
          "an image, --no-agent does without it.");
  }
  return Ok();
}

Status CreateCluster(const KubeClient& kube, const ClusterSpec& spec, ClusterPlan* plan, bool dry_run) {
  TRY(CheckNameIsFree(kube, spec.ns, spec.name, plan->backend));
  if (spec.agent.delivery == AgentOptions::Delivery::kConfigMap)
    TRY(EnsureAgent(kube, spec.ns, EmbeddedAgents(), dry_run));
  return plan->policies.empty() ? CreateParts(kube, plan, dry_run) : CreateWithPolicies(kube, plan, dry_run);
}

}  // namespace kubectl_ray
