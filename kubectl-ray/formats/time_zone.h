// A time zone of the IANA database, read from a TZif file (RFC 8536). Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/formats/time.h"

namespace kubectl_ray {

// What clocks show somewhere for a while.
struct ZoneOffset {
  std::chrono::seconds from_utc{0};  // positive: east of Greenwich
  std::string abbreviation = "UTC";

  bool operator==(const ZoneOffset&) const = default;
};

// A day of each year and the time on it at which clocks change, as the variable TZ writes it (POSIX).
struct ZoneRule {
  char form = 'M';  // M: month, week, weekday; J: the day from 1, without 29 February; 0: the day from 0
  int month = 1, week = 1, day = 0;
  std::chrono::seconds time = std::chrono::hours(2);
};

class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // Nothing if the bytes are no TZif file. Any bytes may be given.
  static std::optional<TimeZone> Parse(std::string_view tzif);

  ZoneOffset At(SystemTime time) const;

 private:
  struct Change {
    SystemTime from;
    std::size_t offset = 0;  // index into offsets_
  };
  // What holds after the last change.
  struct Afterwards {
    ZoneOffset standard, summer;
    std::optional<std::pair<ZoneRule, ZoneRule>> summer_time;  // its begin and its end

    ZoneOffset At(SystemTime time) const;
  };

  static std::optional<Afterwards> ParseRule(std::string_view text);

  std::vector<ZoneOffset> offsets_;
  std::vector<Change> changes_;  // by time
  std::optional<Afterwards> afterwards_;
};

// "2026-11-30 03:00 CET".
std::string FormatIn(const TimeZone& zone, SystemTime time);

}  // namespace kubectl_ray
