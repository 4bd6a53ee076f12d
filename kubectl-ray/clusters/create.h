// Making a cluster in the API server, with all that belongs to it.
#pragma once

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/pod_template.h"

namespace kubectl_ray {

// Puts the ConfigMaps of the agent into the namespace where they are not there yet, and where they may not be
// looked for. dry_run: the server judges them, and stores nothing.
shared::Status EnsureAgent(const KubeClient& kube, const std::string& ns,
                           const std::vector<AgentArchive>& agents, bool dry_run = false);

// kConflict where a cluster of either kind has the name, as far as both may be looked for (EitherKind). kAuth
// where a RayCluster is to be made and RayClusters may not be looked for: making one that is there changes
// it.
shared::Status CheckNameIsFree(const KubeClient& kube, const std::string& ns, const std::string& name,
                               Backend backend);

// Server-side apply of a RayCluster whose name is free.
shared::Result<Json> CreateRayCluster(const KubeClient& kube, const Json& ray_cluster, bool dry_run);

// Makes head, Service and workers; what was made is taken back where a later part is refused. Returns the
// objects as the server has them. kConflict where the name has been taken meanwhile.
shared::Result<PlainCluster> CreatePlainCluster(const KubeClient& kube, PlainCluster cluster, bool dry_run);

}  // namespace kubectl_ray
