// Ray Serve on a cluster that runs, through its dashboard: what `create service`, `delete`, `rollout status`
// and `session` do there.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/services/serve_plan.h"

namespace kubectl_ray {

// --ray-cluster, --address and how to get through, below a title of their own. `help`: what the command does
// to that cluster.
void AddServeFlags(Leaf& leaf, DashboardAddress* address, const std::string& help);

// A cluster's Serve, reached.
struct ReachedServe {
  std::unique_ptr<Dashboard> dashboard;
  std::string where;  // `cluster "demo"`, or the address
};

// Finds the dashboard; sends nothing to it. Errors are those of ConnectDashboard.
shared::Result<ReachedServe> ReachServe(CommandContext& context, const DashboardAddress& address);
// The same to change what it serves. kConflict for a cluster of a RayService, whose operator deploys to it.
shared::Result<ReachedServe> ReachServeToChange(CommandContext& context, const DashboardAddress& address);

// Asks the dashboard what is served, sends it a plan, and shuts Serve down with all applications. Each blocks
// until it answers. Errors are those of JobsClient; kUsage: Ray refuses the plan.
shared::Result<ServeInstance> ReadServe(const ReachedServe& serve);
shared::Status SendServePlan(const ReachedServe& serve, const ServePlan& plan);
shared::Status ShutDownServe(const ReachedServe& serve);

struct ServeWatch {
  shared::Deadline deadline = shared::Deadline::Never();
  bool watch = true;                    // false: one look
  std::vector<std::string> names = {};  // the applications that count; empty: all
  bool just_sent = false;               // a change: Serve takes a moment until its answers are about that
};

// Looks every two seconds, and calls `on_look` each time, until the applications run or one of them cannot.
// Returns the exit code of that, kExitTimedOut at the deadline or kExitInterrupted; the reasons are on
// stderr. A dashboard that is lost on the way is looked for again. Errors: kConflict if an application cannot
// finish; kNotFound if there is none; those of ReadServe.
shared::Result<int> FollowServe(
    CommandContext& context, const ReachedServe& serve, const ServeWatch& watch,
    const std::function<void(const ServeInstance&, const ServeVerdict&)>& on_look);

}  // namespace kubectl_ray
