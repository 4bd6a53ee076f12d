#include "kubectl-ray/formats/time_zone.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

constexpr std::string_view kUtcBlock(
    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
    "\0\0\0\0\0\0UTC\0",
    54);

std::optional<TimeZone> WithRule(std::string_view rule) {
  return TimeZone::Parse(std::string(kUtcBlock) + std::string(kUtcBlock) + "\n" + std::string(rule) + "\n");
}

}  // namespace

TEST_CASE("the rule at the end of a zone's file") {
  const struct {
    const char *rule, *time, *shown;
  } rows[] = {
      {"UTC0", "2026-11-29T03:00:00Z", "2026-11-29 03:00 UTC"},
      {"<+0545>-5:45", "2026-11-29T20:00:00Z", "2026-11-30 01:45 +0545"},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2027-03-28T00:59:59Z", "2027-03-28 01:59 CET"},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2027-03-28T01:00:00Z", "2027-03-28 03:00 CEST"},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", "2026-10-25 02:00 CET"},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-07-01T12:00:00Z", "2026-07-01 08:00 EDT"},
      {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T14:00:00Z", "2027-01-01 01:00 AEDT"},
      {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T14:00:00Z", "2026-07-02 00:00 AEST"},
      {"ABC3DEF,J60,J300", "2028-03-01T06:00:00Z", "2028-03-01 04:00 DEF"},
      {"ABC3DEF,59,300", "2027-02-28T06:00:00Z", "2027-02-28 03:00 ABC"},
  };
  for (const auto& row : rows) {
    INFO(row.rule << " at " << row.time);
    const auto zone = WithRule(row.rule);
    REQUIRE(zone);
    CHECK(FormatIn(*zone, *ParseTime(row.time)) == row.shown);
  }
}

TEST_CASE("bytes that are no zone, or a part of one") {
  const std::string whole = std::string(kUtcBlock) + std::string(kUtcBlock) + "\nUTC0\n";
  REQUIRE(TimeZone::Parse(whole));
  for (std::size_t size = 0; size < 2 * kUtcBlock.size(); ++size) {
    INFO(size);
    CHECK(!TimeZone::Parse(whole.substr(0, size)));
  }
  for (const char* text : {"", "TZif", "no zone at all, but long enough to have a header of 44 bytes"})
    CHECK(!TimeZone::Parse(text));
  // A rule that cannot be read leaves what the file lists.
  for (const char* rule :
       {"CET-1CEST", "CET", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0", "CET-1x,J1,J2;"})
    CHECK(WithRule(rule)->At(*ParseTime("2026-07-01T12:00:00Z")) == ZoneOffset());
}
