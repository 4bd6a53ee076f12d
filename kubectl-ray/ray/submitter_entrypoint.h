// An entrypoint that KubeRay's submitter hands on. In K8sJobMode and SidecarMode it is pasted into a script
// of bash as arguments of `ray job submit --`, whose words Ray joins by Python's subprocess.list2cmdline, for
// `/bin/sh -c` on the driver's node. Source: ray-operator/controllers/ray/common/job.go of KubeRay 1.6
// and 1.7, ray/dashboard/modules/job/cli.py. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// Returns the entrypoint by which the driver's node runs `argv` with exactly these bytes. What needs no
// quotes stays as it is. kUsage: a word cannot be handed on.
shared::Result<std::string> QuoteForSubmitter(const std::vector<std::string>& argv);

// Whether the text may stand between double quotes in a script of bash, as Go's strconv.Quote writes it.
bool SurvivesDoubleQuotes(const std::string& text);

}  // namespace kubectl_ray
