// What applying a cluster's file would do in the API server, object by object and group by group.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/apply/apply.h"
#include "kubectl-ray/launcher/group_fate.h"
#include "kubectl-ray/launcher/launch.h"

namespace kubectl_ray {

struct LaunchPlan {
  Launch launch;
  Restart restart = Restart::kChanged;
  std::vector<ObjectPlan> objects;        // in the order in which they are applied; the cluster's own last
  std::size_t owner = 0;                  // of objects: the RayCluster, or the head's Deployment
  std::vector<shared::Json> deployments;  // that go, because their group is gone; without an operator alone
  std::vector<GroupFate> fates;
  std::vector<std::string> taken_fields;  // messages about fields that others own and this takes over

  // Whether anything would be sent or deleted.
  bool HasChanges() const;
  // Whether pods that run are deleted.
  bool IsDisruptive() const;
  // Whether the cluster has no pods until it is resumed.
  bool IsSuspended() const;
};

// Asks the API server what there is, and for dry runs of what is to be sent. Stores nothing. With an
// autoscaler the numbers of workers stay as they are, within their bounds. Errors: those of PlanApply();
// kConflict if a cluster of the other kind has the name; kNotFound if there is no such namespace, or
// --restart-only finds no cluster.
shared::Result<LaunchPlan> PlanLaunch(const KubeClient& kube, Launch launch, Restart restart);

// Returns the plan as lines for a person, escaped for a terminal. Values of environment variables are left
// out.
std::string PlanText(const LaunchPlan& plan);

}  // namespace kubectl_ray
