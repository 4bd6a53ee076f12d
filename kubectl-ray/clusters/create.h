// Making a cluster in the API server, with all that belongs to it.
#pragma once

#include "kubectl-ray/clusters/cluster_plan.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/manifests/agent_archive.h"

namespace kubectl_ray {

// Puts the agent's ConfigMaps into the namespace if they are not there yet or may not be looked for. dry_run:
// the server judges them and stores nothing.
shared::Status EnsureAgent(const KubeClient& kube, const std::string& ns,
                           const std::vector<AgentArchive>& agents, bool dry_run = false);

// Makes the cluster of PlanCluster, and the agent's ConfigMaps if `spec` wants them. The plan's
// NetworkPolicies are made before the cluster, which then owns them. Afterwards the plan holds the objects as
// the server returned them. If a part is refused, the policies and the parts of a cluster without an operator
// that were made before it are deleted again. Errors: kConflict if a cluster of either kind has the name, as
// far as both may be looked for (EitherKind); kAuth if RayClusters may not be looked for and one is to be
// made, because making one that is there changes it. dry_run: the server judges all of it and stores nothing.
shared::Status CreateCluster(const KubeClient& kube, const ClusterSpec& spec, ClusterPlan* plan,
                             bool dry_run);

}  // namespace kubectl_ray
