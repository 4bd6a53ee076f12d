// The schedule of a cron job, as KubeRay reads it: by github.com/robfig/cron/v3's ParseStandard. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kubectl-ray/formats/time_zone.h"
#include "shared/result.h"

namespace kubectl_ray {

struct CronSchedule {
  // A bit for each value that fits: minutes, hours, days of the month, months (from 1), days of the week
  // (0: Sunday). All zero for `@every DURATION`.
  std::array<std::uint64_t, 5> fields{};
  // Written as `*` or `?`. If neither is, a day that fits one of the two fits.
  bool any_day = false, any_weekday = false;
  std::chrono::seconds every{0};  // of `@every DURATION`, at least a second

  bool operator==(const CronSchedule&) const = default;
};

// Parses five fields, or a descriptor: `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`,
// `@annually`, `@every 90m`. Errors: kUsage, with the field that is wrong as a clause.
shared::Result<CronSchedule> ParseCronSchedule(std::string_view text);

// The first time after `after` that fits by the clocks of `zone`; nothing if none does within five years. An
// hour that clocks leave out has no run, and one that they show twice has two.
std::optional<SystemTime> NextRun(const CronSchedule& schedule, SystemTime after, const TimeZone& zone);

}  // namespace kubectl_ray
