// Following the rollout of a RayService: what `rollout status`, `rollout undo` and `create service` share.
#pragma once

#include <functional>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/services/rollout.h"
#include "shared/deadline.h"

namespace kubectl_ray {

// Reads NAME or TYPE/NAME of a RayService. kUsage: another kind; `what` names what only a RayService has.
shared::Result<Target> ParseServiceTarget(const std::string& text, const std::string& what);

// Looks at the service and its clusters' pods every two seconds, and calls `on_look` each time, until it
// serves, cannot finish or is paused; once, if `watch` is false. Returns the exit code of that, kExitTimedOut
// at the deadline or kExitInterrupted; the reasons are on stderr. Errors: kConflict if it cannot finish;
// those of FindObject and KubeClient.
shared::Result<int> FollowRollout(CommandContext& context, const std::string& ns, const Target& target,
                                  shared::Deadline deadline, bool watch,
                                  const std::function<void(const Rollout&)>& on_look);

}  // namespace kubectl_ray
