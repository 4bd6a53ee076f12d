#include "kubectl-ray/cronjobs/cron_job.h"

#include <algorithm>
#include <charconv>

#include "kubectl-ray/formats/cron.h"
#include "kubectl-ray/kinds/annotations.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::size_t kNextShown = 3;
constexpr std::size_t kRunsShown = 10;
constexpr std::int64_t kMostCounted = 1000;
// The operator begins a run within a moment; before that nothing is missed.
constexpr std::chrono::minutes kPatience(1);

std::optional<SystemTime> TimeAt(const Json& object, std::initializer_list<std::string_view> path) {
  return ParseTime(StringAt(object, path));
}

// Of "Job entrypoint command failed with exit code 3, last available logs ...", which is all that KubeRay
// keeps of it.
std::optional<int> ExitCodeIn(const std::string& message) {
  constexpr std::string_view kWords = "exit code ";
  const std::size_t at = message.find(kWords);
  if (at == message.npos) return std::nullopt;
  int code = 0;
  const char* begin = message.data() + at + kWords.size();
  const auto [end, error] = std::from_chars(begin, message.data() + message.size(), code);
  return error == std::errc() && end != begin ? std::optional(code) : std::nullopt;
}

CronRun ReadRun(const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  CronRun run{.name = StringAt(ray_job, {"metadata", "name"}),
              .status = StatusName(state),
              .exit_code = {},
              .scheduled = TimeAt(ray_job, {"metadata", "annotations", kCronJobTimeAnnotation}),
              .started = TimeAt(ray_job, {"metadata", "creationTimestamp"}),
              .ended = TimeAt(ray_job, {"status", "endTime"}),
              .message = {}};
  if (run.status == "SUCCEEDED") run.exit_code = 0;
  if (run.status != "FAILED") return run;
  run.exit_code = ExitCodeIn(state.message);
  run.message = state.message.empty() ? StringAt(ray_job, {"status", "reason"}) : state.message;
  return run;
}

bool IsOver(const CronRun& run) {
  return run.status == "SUCCEEDED" || run.status == "FAILED" || run.status == "STOPPED";
}

std::optional<SystemTime> Earliest(const Json& cron_job) {
  const auto last = TimeAt(cron_job, {"status", "lastScheduleTime"});
  return last ? last : TimeAt(cron_job, {"metadata", "creationTimestamp"});
}

// The operator counts `@every` from the last run, and all else by the clock.
std::vector<SystemTime> NextRuns(const CronSchedule& schedule, const CronJobReport& report,
                                 std::optional<SystemTime> earliest, SystemTime now) {
  std::vector<SystemTime> next;
  SystemTime after = schedule.every.count() > 0 && earliest ? *earliest : now;
  while (next.size() < kNextShown) {
    const auto time = NextRun(schedule, after, report.zone);
    if (!time) break;
    if (*time > now) next.push_back(*time);
    // Past ones are left out at once: a second's schedule may have missed years.
    after = *time > now || schedule.every.count() == 0
                ? *time
                : *time + schedule.every * std::max<std::int64_t>(0, (now - *time) / schedule.every - 1);
  }
  return next;
}

// "in 8h", "16h ago".
std::string Distance(SystemTime time, SystemTime now) {
  return time > now ? "in " + shared::FormatDuration(time - now)
                    : shared::FormatDuration(now - time) + " ago";
}

std::string Took(const CronRun& run, SystemTime now) {
  if (!run.started) return "";
  const SystemTime end = run.ended.value_or(IsOver(run) ? *run.started : now);
  return IsOver(run) && !run.ended ? ""
         : end > *run.started      ? shared::FormatDuration(end - *run.started)
                                   : "0s";
}

std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string RenderRuns(const CronJobReport& report, SystemTime now) {
  if (report.runs.empty()) return "\nNo run is left.\n";
  std::vector<std::vector<std::string>> rows = {{"RAYJOB", "SCHEDULED", "STATUS", "EXIT CODE", "TOOK"}};
  for (std::size_t i = 0; i < std::min(kRunsShown, report.runs.size()); ++i) {
    const CronRun& run = report.runs[i];
    rows.push_back({shared::EscapeControl(run.name),
                    run.scheduled ? FormatIn(report.zone, *run.scheduled) : "by hand",
                    shared::EscapeControl(run.status),
                    run.exit_code ? std::to_string(*run.exit_code)
                    : IsOver(run) ? "unknown"
                                  : "",
                    Took(run, now)});
  }
  std::string text = "\n" + Table(rows);
  if (report.runs.size() > kRunsShown)
    text += "and " + std::to_string(report.runs.size() - kRunsShown) + " older\n";
  return text;
}

const CronRun* LastEnded(const CronJobReport& report) {
  const auto found = std::find_if(report.runs.begin(), report.runs.end(), IsOver);
  return found == report.runs.end() ? nullptr : &*found;
}

bool HasFailed(const CronRun* run) { return run != nullptr && run->status == "FAILED"; }

// What it does now, in a few words.
std::string Health(const CronJobReport& report) {
  const auto running =
      std::count_if(report.runs.begin(), report.runs.end(), [](const CronRun& run) { return !IsOver(run); });
  const std::string now =
      running == 0 ? "" : ", " + std::to_string(running) + (running == 1 ? " run goes on" : " runs go on");
  if (report.suspended) return "suspended" + now;
  if (!report.why_nothing_runs.empty()) return "nothing starts its runs" + now;
  if (!report.unreadable.empty()) return report.unreadable + now;
  if (report.missed.count > 0) return "missed " + Describe(report.missed, report.zone) + now;
  if (HasFailed(LastEnded(report))) return "its last run failed" + now;
  return running == 0 ? "waits for its next run" : "well" + now;
}

std::string RenderTimes(const CronJobReport& report, SystemTime now) {
  std::string text;
  if (report.suspended && report.missed.count > 0)
    text += "Missed: " + Describe(report.missed, report.zone) + "\n";
  for (std::size_t i = 0; !report.suspended && i < report.next.size(); ++i)
    text += (i == 0 ? "Next: " : "      ") + FormatIn(report.zone, report.next[i]) + ", " +
            Distance(report.next[i], now) + "\n";
  if (report.next.empty() && report.unreadable.empty()) text += "Next: never within five years\n";
  if (report.last)
    text += "Last: " + FormatIn(report.zone, *report.last) + ", " + Distance(*report.last, now) + "\n";
  return text;
}

std::string NextCommand(const CronJobReport& report) {
  const std::string where = " -n " + report.ns;
  if (report.suspended) return "kubectl ray resume raycronjob/" + report.name + where;
  if (const CronRun* last = LastEnded(report); HasFailed(last))
    return "kubectl ray job logs rayjob/" + last->name + where;
  return "kubectl ray create job --from cronjob/" + report.name + where;
}

Json ToText(const std::optional<SystemTime>& time) {
  if (!time) return Json();
  const auto day = std::chrono::floor<std::chrono::days>(*time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(*time - day);
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) +
         "-" + two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
}

}  // namespace

bool CronJobReport::well() const {
  if (!why_nothing_runs.empty() || !unreadable.empty()) return false;
  return (suspended || missed.count == 0) && !HasFailed(LastEnded(*this));
}

MissedRuns FindMissedRuns(const Json& cron_job, const TimeZone& zone, SystemTime now) {
  MissedRuns missed;
  const auto schedule = ParseCronSchedule(StringAt(cron_job, {"spec", "schedule"}));
  const auto earliest = Earliest(cron_job);
  if (!schedule || !earliest) return missed;
  for (auto time = NextRun(*schedule, *earliest, zone); time && *time <= now;
       time = NextRun(*schedule, *time, zone)) {
    if (missed.count == kMostCounted) {
      missed.more = true;
      break;
    }
    if (!missed.first) missed.first = time;
    ++missed.count;
  }
  return missed;
}

CronJobReport ReadCronJob(const Json& cron_job, const std::vector<Json>& ray_jobs,
                          const std::optional<TimeZone>& zone, SystemTime now) {
  CronJobReport report;
  report.name = StringAt(cron_job, {"metadata", "name"});
  report.ns = StringAt(cron_job, {"metadata", "namespace"});
  report.schedule = StringAt(cron_job, {"spec", "schedule"});
  report.time_zone = StringAt(cron_job, {"spec", "timeZone"});
  report.suspended = shared::BoolAt(cron_job, {"spec", "suspend"});
  report.last = TimeAt(cron_job, {"status", "lastScheduleTime"});
  for (const Json& ray_job : ray_jobs) report.runs.push_back(ReadRun(ray_job));
  std::stable_sort(report.runs.begin(), report.runs.end(),
                   [](const CronRun& a, const CronRun& b) { return a.started > b.started; });
  const auto schedule = ParseCronSchedule(report.schedule);
  if (!schedule) report.unreadable = "its schedule is none: " + schedule.error().message;
  if (schedule && !zone)
    report.unreadable = "its times are not known: this machine has no time zone \"" + report.time_zone + "\"";
  if (!report.unreadable.empty()) return report;
  report.zone = *zone;
  report.next = NextRuns(*schedule, report, Earliest(cron_job), now);
  report.missed = FindMissedRuns(cron_job, *zone, report.suspended ? now : now - kPatience);
  return report;
}

std::string Describe(const MissedRuns& missed, const TimeZone& zone) {
  std::string text = (missed.more ? "more than " : "") + std::to_string(missed.count) +
                     (missed.count == 1 ? " run" : " runs");
  return missed.first ? text + " since " + FormatIn(zone, *missed.first) : text;
}

std::string DescribeNextRun(const CronJobReport& report, SystemTime now) {
  if (!report.unreadable.empty()) return "note: " + report.unreadable;
  if (report.next.empty()) return "It does not run within five years.";
  return "It runs next at " + FormatIn(report.zone, report.next.front()) + ", " +
         Distance(report.next.front(), now) + ".";
}

std::string RenderCronJob(const CronJobReport& report, SystemTime now) {
  std::string text =
      "raycronjob/" + report.name + " in namespace " + report.ns + ": " + Health(report) + "\n";
  text += "Schedule: " + report.schedule + " (" +
          (report.time_zone.empty() ? "the operator's time zone, taken for UTC" : report.time_zone) + ")\n";
  text = shared::EscapeControl(text) + RenderTimes(report, now) + RenderRuns(report, now);
  if (const CronRun* last = LastEnded(report); HasFailed(last) && !last->message.empty())
    text += "\n" + shared::EscapeControl(last->name + ": " + std::string(shared::FirstLine(last->message))) +
            "\n";
  if (!report.why_nothing_runs.empty()) text += "\n" + shared::EscapeControl(report.why_nothing_runs) + "\n";
  return text + "\nNext: " + shared::EscapeControl(NextCommand(report)) + "\n";
}

Json CronJobToJson(const CronJobReport& report) {
  Json next = Json::array(), runs = Json::array();
  for (const SystemTime time : report.next) next.push_back(ToText(time));
  for (const CronRun& run : report.runs)
    runs.push_back({{"rayJob", run.name},
                    {"status", run.status},
                    {"exitCode", run.exit_code ? Json(*run.exit_code) : Json()},
                    {"scheduled", ToText(run.scheduled)},
                    {"started", ToText(run.started)},
                    {"ended", ToText(run.ended)},
                    {"message", run.message}});
  return {{"name", report.name},
          {"namespace", report.ns},
          {"well", report.well()},
          {"health", Health(report)},
          {"schedule", report.schedule},
          {"timeZone", report.time_zone},
          {"suspended", report.suspended},
          {"whyNothingRuns", report.why_nothing_runs},
          {"lastScheduled", ToText(report.last)},
          {"next", next},
          {"missed",
           {{"count", report.missed.count},
            {"more", report.missed.more},
            {"first", ToText(report.missed.first)}}},
          {"runs", runs}};
}

Json RayJobOfTemplate(const Json& cron_job, const std::string& name) {
  const std::string cron_name = StringAt(cron_job, {"metadata", "name"});
  Json metadata = {{"namespace", StringAt(cron_job, {"metadata", "namespace"})},
                   {"labels", {{kCronJobLabel, cron_name}}},
                   // Without blockOwnerDeletion, which takes rights on the owner's finalizers.
                   {"ownerReferences",
                    {{{"apiVersion", kRayCronJobs.ApiVersion()},
                      {"kind", kRayCronJobs.kind},
                      {"name", cron_name},
                      {"uid", StringAt(cron_job, {"metadata", "uid"})},
                      {"controller", true}}}}};
  if (name.empty())
    metadata["generateName"] = cron_name + "-";
  else
    metadata["name"] = name;
  return {{"apiVersion", kRayJobs.ApiVersion()},
          {"kind", kRayJobs.kind},
          {"metadata", std::move(metadata)},
          {"spec", At(cron_job, {"spec", "jobTemplate"})}};
}

}  // namespace kubectl_ray
