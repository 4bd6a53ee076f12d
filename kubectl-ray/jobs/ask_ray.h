// Asks Ray of one cluster what it has and what waits there: the one way for all commands that show it.
#pragma once

#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/clusters/status.h"

namespace kubectl_ray {

enum class RayPart { kScaling, kScalingAndJobs };

// Adds to what GatherObjects() gathered (clusters/gather_status.h) what Ray's GCS answers, which takes a few
// seconds at most, and from the dashboard what the GCS does not have: jobs; all, if the GCS does not answer.
// Asks nobody twice who has refused this user. What is not answered stays empty, with the reason.
// kInterrupted is the only error. Blocks for several requests.
shared::Status AskRay(CommandContext& context, const KubeClient& kube, const std::string& name, RayPart part,
                      StatusInput* input);

}  // namespace kubectl_ray
