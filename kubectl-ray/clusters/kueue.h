// Clusters that Kueue admits from a queue: it keeps their spec.suspend true until there is quota for them,
// and who resumes one by hand fights it. Source: kubernetes-sigs/kueue, pkg/controller/jobframework and
// apis/kueue/v1beta1.
#pragma once

#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// The name of the LocalQueue that a suspended cluster waits in, or empty: Kueue has no say in it or has
// admitted it. Pure.
std::string QueueOf(const Json& ray_cluster);

// Why a cluster with QueueOf() is not admitted, as a clause in one line: `Kueue has not admitted it yet from
// queue "team": couldn't assign flavors to pod set head: insufficient unused quota for cpu`. The part after
// the queue is the message of the cluster's Workload, if it may be read. Empty for a cluster without
// QueueOf(). At most two requests. Not escaped.
std::string WhyQueued(const KubeClient& kube, const Json& ray_cluster);

}  // namespace kubectl_ray
