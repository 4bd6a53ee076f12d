// An entrypoint that KubeRay's submitter hands on. In K8sJobMode and SidecarMode it is pasted into a script
// of bash as arguments of `ray job submit --`, whose words Ray joins for `/bin/sh -c` on the driver's node:
// until 2.55 by Python's subprocess.list2cmdline, which knows Windows' quotes alone, from 2.56 on by
// shlex.join. Source: ray-operator/controllers/ray/common/job.go of KubeRay 1.6 and 1.7,
// ray/dashboard/modules/job/cli.py of Ray 2.55.0 and 2.56.0. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/ray_release.h"
#include "shared/result.h"

namespace kubectl_ray {

// Returns the entrypoint by which the driver's node runs `argv` with exactly these bytes. What needs no
// quotes stays as it is. `release`: of the submitter's Ray, or nothing if it is not known: then only words
// are handed on that every Ray takes alike. kUsage: a word cannot be handed on.
shared::Result<std::string> QuoteForSubmitter(const std::vector<std::string>& argv,
                                              std::optional<shared::RayRelease> release);

// Whether the text may stand between double quotes in a script of bash, as Go's strconv.Quote writes it.
bool SurvivesDoubleQuotes(const std::string& text);

}  // namespace kubectl_ray
