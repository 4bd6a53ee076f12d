// The schedule of a cron job, as KubeRay reads it: by github.com/robfig/cron/v3's ParseStandard. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

struct CronSchedule {
  // A bit for each value that fits: minutes, hours, days of the month, months (from 1), days of the week
  // (0: Sunday). All zero for `@every DURATION`.
  std::array<std::uint64_t, 5> fields{};

  bool operator==(const CronSchedule&) const = default;
};

// Parses five fields, or a descriptor: `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`,
// `@annually`, `@every 90m`. Errors: kUsage, with the field that is wrong as a clause.
shared::Result<CronSchedule> ParseCronSchedule(std::string_view text);

}  // namespace kubectl_ray
