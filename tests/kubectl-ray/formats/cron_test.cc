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
