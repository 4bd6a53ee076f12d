#include "kubectl-ray/kinds/ray_cron_job.h"

#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using shared::StringAt;

std::string SinceLastRun(const Json& cron_job, SystemTime now) {
  const auto last = ParseTime(StringAt(cron_job, {"status", "lastScheduleTime"}));
  if (!last) return "";
  return now > *last ? shared::FormatDuration(now - *last) : "0s";
}

std::vector<Column> CronJobColumns(const Clock& now) {
  return {{"Name",
           [](const Json& c) {
             return StringAt(c, {"metadata", "name"});
           }},
          {"Schedule",
           [](const Json& c) {
             return StringAt(c, {"spec", "schedule"});
           }},
          {"Timezone",
           [](const Json& c) {
             return StringAt(c, {"spec", "timeZone"});
           }},
          {"Last Schedule", [now](const Json& c) { return SinceLastRun(c, now()); }},
          {"Age", [now](const Json& c) { return AgeOf(c, now()); }},
          {"Suspend",
           [](const Json& c) {
             return shared::BoolAt(c, {"spec", "suspend"}) ? "true" : "false";
           }},
          {"Namespace",
           [](const Json& c) {
             return StringAt(c, {"metadata", "namespace"});
           },
           true}};
}

}  // namespace

const Kind& RayCronJobKind() {
  static const Kind kind = {
      .resource = kRayCronJobs,
      .type = "raycronjob",
      .noun = "cronjob",
      .nouns = "cronjobs",
      .columns = CronJobColumns,
      .cluster_of = nullptr,
      .lines = nullptr,
      .where_not_served =
          "KubeRay 1.6 and later have them, with a feature gate: `kubectl ray operator install "
          "--feature-gates RayCronJob=true`, or `operator upgrade` with that flag.",
      .fields = shared::JsonFields::Only({"metadata.name", "metadata.namespace", "metadata.creationTimestamp",
                                          "spec.schedule", "spec.timeZone", "spec.suspend",
                                          "status.lastScheduleTime"})};
  return kind;
}

}  // namespace kubectl_ray
