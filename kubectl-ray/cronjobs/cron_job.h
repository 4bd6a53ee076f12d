// A RayCronJob and the RayJobs that it made: when it runs next, what it missed, how its runs ended. Pure.
// Source: ray-operator/controllers/ray/raycronjob_controller.go of KubeRay 1.6 and 1.7.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/formats/time.h"
#include "kubectl-ray/formats/time_zone.h"
#include "shared/json.h"

namespace kubectl_ray {

// One RayJob.
struct CronRun {
  std::string name;
  std::string status;            // in Ray's words: see StatusName (kinds/ray_job.h)
  std::optional<int> exit_code;  // of the driver, if KubeRay reports it
  // The time of the schedule that it is for; nothing: a person started it.
  std::optional<SystemTime> scheduled;
  std::optional<SystemTime> started, ended;
  std::string message;  // why it failed; not escaped

  bool operator==(const CronRun&) const = default;
};

// Runs that were due and never began.
struct MissedRuns {
  std::int64_t count = 0;
  bool more = false;  // than `count`: it is not counted further
  std::optional<SystemTime> first;

  bool operator==(const MissedRuns&) const = default;
};

struct CronJobReport {
  std::string name, ns;
  std::string schedule;    // as it is written; not escaped
  std::string time_zone;   // empty: the operator's own, which is UTC in KubeRay's image
  std::string unreadable;  // a clause: why its times are not known; empty: they are
  bool suspended = false;
  TimeZone zone;  // in which times are printed
  std::optional<SystemTime> last;
  std::vector<SystemTime> next;  // the next three
  MissedRuns missed;
  std::vector<CronRun> runs;  // the newest first
  // A sentence: why the operator starts nothing, or empty. Set by the caller, since that is not in the
  // object.
  std::string why_nothing_runs;

  // No problem is known, and the last run that ended has succeeded. A suspended one is well.
  bool well() const;
};

// What was due since its last run, or since it was made. Empty if its schedule cannot be read.
MissedRuns FindMissedRuns(const shared::Json& cron_job, const TimeZone& zone, SystemTime now);

// `ray_jobs`: those with its label. `zone`: the one that spec.timeZone names; nothing: it is not known here.
CronJobReport ReadCronJob(const shared::Json& cron_job, const std::vector<shared::Json>& ray_jobs,
                          const std::optional<TimeZone>& zone, SystemTime now);

// A screen of text, escaped.
std::string RenderCronJob(const CronJobReport& report, SystemTime now);
shared::Json CronJobToJson(const CronJobReport& report);

// "14 runs since 2026-11-20 03:00 UTC"
std::string Describe(const MissedRuns& missed, const TimeZone& zone);

// "It runs next at 2026-11-30 03:00 UTC, in 8h.", or a note why that is not known. Not escaped.
std::string DescribeNextRun(const CronJobReport& report, SystemTime now);

// The RayJob of a run that a person starts now: of the RayCronJob's template, its label and it as the owner,
// so that it is deleted with it. An empty `name`: the API server makes one of the RayCronJob's.
shared::Json RayJobOfTemplate(const shared::Json& cron_job, const std::string& name);

}  // namespace kubectl_ray
