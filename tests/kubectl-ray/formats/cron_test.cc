#include "kubectl-ray/formats/cron.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace kubectl_ray;

// What github.com/robfig/cron/v3 1.2.0 makes of the same texts.
TEST_CASE("schedules of five fields") {
  const std::uint64_t all_minutes = (1ull << 60) - 1, all_hours = (1ull << 24) - 1;
  const std::uint64_t all_days = ((1ull << 31) - 1) << 1, all_months = ((1ull << 12) - 1) << 1,
                      all_weekdays = 0x7f;
  const struct {
    const char* text;
    std::array<std::uint64_t, 5> fields;
  } rows[] = {
      {"* * * * *", {all_minutes, all_hours, all_days, all_months, all_weekdays}},
      {"  0\t? * * ?  ", {1, all_hours, all_days, all_months, all_weekdays}},
      {"5 4 * * sun", {1ull << 5, 1ull << 4, all_days, all_months, 1}},
      {"0 0 1,15 JAN-mar MON", {1, 1, (1ull << 1) | (1ull << 15), 0xe, 2}},
      {"*/20 1-5/2 31 12 6", {1 | (1ull << 20) | (1ull << 40), 0x2a, 1ull << 31, 1ull << 12, 1ull << 6}},
      {"50/5 0 * * *", {(1ull << 50) | (1ull << 55), 1, all_days, all_months, all_weekdays}},
      {"59 23 * * *", {1ull << 59, 1ull << 23, all_days, all_months, all_weekdays}},
      {"@hourly", {1, all_hours, all_days, all_months, all_weekdays}},
      {"@midnight", {1, 1, all_days, all_months, all_weekdays}},
      {"@weekly", {1, 1, all_days, all_months, 1}},
      {"@annually", {1, 1, 2, 2, all_weekdays}},
      {"@every 1h30m", {}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto schedule = ParseCronSchedule(row.text);
    REQUIRE(schedule);
    CHECK(schedule->fields == row.fields);
  }
}

TEST_CASE("what is no schedule is refused by its field") {
  const struct {
    const char *text, *message;
  } rows[] = {
      {"", "it has 0 fields, not 5"},
      {"* * * *", "it has 4 fields, not 5"},
      {"* * * * * *", "it has 6 fields, not 5"},
      {"60 * * * *", "\"60\" is no minute"},
      {"* 24 * * *", "\"24\" is no hour"},
      {"* * 0 * *", "\"0\" is no day of the month"},
      {"* * 32 * *", "\"32\" is no day of the month"},
      {"* * * 13 *", "\"13\" is no month"},
      {"* * * * 7", "\"7\" is no day of the week"},
      {"* * * * mondays", "\"mondays\" is no day of the week"},
      {"5-1 * * * *", "\"5-1\" is no minute"},
      {"*/0 * * * *", "\"*/0\" is no minute"},
      {"-1 * * * *", "\"-1\" is no minute"},
      {", * * * *", "\",\" is no minute"},
      {"99999999999 * * * *", "\"99999999999\" is no minute"},
      {"@never", "\"@never\" is no schedule"},
      {"@every", "\"@every\" is no schedule"},
      {"@every x", "@every \"x\" is not a duration"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto schedule = ParseCronSchedule(row.text);
    REQUIRE_FALSE(schedule);
    CHECK(schedule.error().message == row.message);
  }
}

namespace {

SystemTime At(const char* time) { return *ParseTime(time); }

// Berlin's rule alone, as a slim TZif file of version 2 has it: no change is listed.
TimeZone Berlin() {
  const auto block = [] {
    std::string header = "TZif2" + std::string(15, '\0');
    for (const char count : {0, 0, 0, 0, 1, 4}) header += std::string(3, '\0') + count;
    return header + std::string("\0\0\x0e\x10\0\0", 6) + std::string("CET\0", 4);
  };
  return *TimeZone::Parse(block() + block() + "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
}

}  // namespace

// What github.com/robfig/cron/v3 1.2.0 makes of them.
TEST_CASE("the next run of a schedule, by the clocks of its zone") {
  const struct {
    const char *schedule, *after;
    bool berlin;
    const char* next;  // empty: never
  } rows[] = {
      {"0 3 * * *", "2026-11-29T02:59:59Z", false, "2026-11-29T03:00:00Z"},
      {"0 3 * * *", "2026-11-29T03:00:00Z", false, "2026-11-30T03:00:00Z"},
      {"0 3 * * *", "2026-11-29T18:00:00Z", true, "2026-11-30T02:00:00Z"},
      {"0 3 * * *", "2026-07-01T18:00:00Z", true, "2026-07-02T01:00:00Z"},
      {"30 2 * * *", "2027-03-27T12:00:00Z", true, "2027-03-29T00:30:00Z"},  // 2027-03-28 has no 02:30
      {"30 2 * * *", "2026-10-24T12:00:00Z", true, "2026-10-25T00:30:00Z"},  // and this day has two
      {"30 2 * * *", "2026-10-25T00:30:00Z", true, "2026-10-25T01:30:00Z"},
      {"*/15 * * * *", "2026-11-29T00:44:10Z", false, "2026-11-29T00:45:00Z"},
      {"0 0 29 2 *", "2026-11-29T00:00:00Z", false, "2028-02-29T00:00:00Z"},
      {"0 0 31 2 *", "2026-11-29T00:00:00Z", false, ""},
      {"0 0 13 * 5", "2026-11-29T00:00:00Z", false, "2026-12-04T00:00:00Z"},  // a 13th, or a Friday
      {"0 0 * * 5", "2026-11-29T00:00:00Z", false, "2026-12-04T00:00:00Z"},
      {"0 0 1-31 * 5", "2026-11-29T00:00:00Z", false, "2026-11-30T00:00:00Z"},  // no `*`: any day fits
      {"@every 90s", "2026-11-29T00:00:01Z", false, "2026-11-29T00:01:31Z"},
      {"@yearly", "2026-11-29T00:00:01Z", true, "2026-12-31T23:00:00Z"},
  };
  for (const auto& row : rows) {
    INFO(row.schedule << " after " << row.after);
    const auto next =
        NextRun(*ParseCronSchedule(row.schedule), At(row.after), row.berlin ? Berlin() : TimeZone());
    if (*row.next == '\0')
      CHECK(!next);
    else
      CHECK(next == At(row.next));
  }
}
