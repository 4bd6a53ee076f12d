// What several commands know of RayCronJobs: what is read for their status, and whether an operator acts on
// them.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/cronjobs/cron_job.h"
#include "kubectl-ray/kinds/target.h"

namespace kubectl_ray {

// The time zone of spec.timeZone, read from this machine's database ($ZONEINFO, else where systems keep it);
// UTC if the object names none, as KubeRay's image has it. Nothing: this machine does not know it.
std::optional<TimeZone> ZoneOf(const Json& cron_job, const Environment& environment);

// Blocks for three requests. Errors are those of FindObject, and KubeClient's.
shared::Result<CronJobReport> LookAtCronJob(const KubeClient& kube, const std::string& ns,
                                            const Target& target, const Environment& environment);

// The operator that acts on RayCronJobs, as far as it may be seen.
struct CronOperator {
  std::string version;   // "v1.7.0"; empty: not known
  std::string why_none;  // a sentence with the way out, if its feature gate is off; else empty
};

// Blocks for a request or two. Who may not list Deployments gets empty members.
CronOperator FindCronOperator(const KubeClient& kube, const std::string& ns);

// Prints CronOperator::why_none on io.err, if there is one.
void WarnIfNothingRuns(const KubeClient& kube, const std::string& ns, Streams& io);

}  // namespace kubectl_ray
