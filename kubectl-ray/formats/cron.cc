#include "kubectl-ray/formats/cron.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::uint64_t kAny = 1ull << 63;  // beside the values: the field is `*`
constexpr std::chrono::years kHorizon(5);
constexpr const char* kForm = "Write five fields: minute, hour, day of the month, month, day of the week.";

struct Field {
  const char* noun;
  unsigned min, max;
  std::array<const char*, 12> names;  // of its values, from `min` on
};

constexpr Field kFields[] = {
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of the month", 1, 31, {}},
    {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
    {"day of the week", 0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
};

constexpr std::pair<const char*, const char*> kDescriptors[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"},
};

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::optional<unsigned> Number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<unsigned> NumberOrName(const Field& field, std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (std::size_t i = 0; i < field.names.size(); ++i)
    if (field.names[i] != nullptr && lower == field.names[i]) return field.min + static_cast<unsigned>(i);
  return Number(text);
}

shared::Unexpected<shared::Error> Wrong(const Field& field, std::string_view text) {
  return Fail(ErrorCode::kUsage,
              "\"" + shared::EscapeControl(text.substr(0, 40)) + "\" is no " + std::string(field.noun),
              kForm);
}

// "*", "5", "1-5", each with "/2" or without.
Result<std::uint64_t> ParseRange(const Field& field, std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view range = text.substr(0, slash);
  const std::size_t dash = std::min(range.find('-'), range.size());
  const bool all = range == "*" || range == "?";
  const auto first = all ? std::optional(field.min) : NumberOrName(field, range.substr(0, dash));
  auto last = all                   ? std::optional(field.max)
              : dash < range.size() ? NumberOrName(field, range.substr(dash + 1))
                                    : first;
  auto step = std::optional(1u);
  if (slash < text.size()) {
    step = Number(text.substr(slash + 1));
    if (!all && dash == range.size()) last = field.max;  // "5/10" goes on to the end
  }
  if (!first || !last || !step || *step == 0 || *first < field.min || *last > field.max || *first > *last)
    return Wrong(field, text);
  std::uint64_t bits = 0;
  for (std::uint64_t value = *first; value <= *last; value += *step) bits |= 1ull << value;
  if (all && *step == 1) bits |= kAny;
  return bits;
}

Result<std::uint64_t> ParseField(const Field& field, std::string_view text) {
  std::uint64_t bits = 0;
  for (const std::string_view range : Split(text, ",")) {
    ASSIGN_OR_RETURN(const std::uint64_t more, ParseRange(field, range));
    bits |= more;
  }
  if (bits == 0) return Wrong(field, text);
  return bits;
}

Result<CronSchedule> ParseDescriptor(std::string_view text) {
  constexpr std::string_view kEvery = "@every ";
  if (text.starts_with(kEvery)) {
    ASSIGN_OR_RETURN(const auto every, shared::ParseDuration("@every", text.substr(kEvery.size())));
    CronSchedule schedule;
    schedule.every = std::max(std::chrono::seconds(1), std::chrono::floor<std::chrono::seconds>(every));
    return schedule;
  }
  for (const auto& [name, fields] : kDescriptors)
    if (text == name) return ParseCronSchedule(fields);
  return Fail(ErrorCode::kUsage, "\"" + shared::EscapeControl(text.substr(0, 40)) + "\" is no schedule",
              kForm);
}

bool Has(std::uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; }

bool FitsDay(const CronSchedule& schedule, std::chrono::sys_days day) {
  const bool fits_day = Has(schedule.fields[2], unsigned(std::chrono::year_month_day(day).day()));
  const bool fits_weekday = Has(schedule.fields[4], std::chrono::weekday(day).c_encoding());
  return schedule.any_day || schedule.any_weekday ? fits_day && fits_weekday : fits_day || fits_weekday;
}

}  // namespace

Result<CronSchedule> ParseCronSchedule(std::string_view text) {
  if (text.starts_with('@')) return ParseDescriptor(text);
  const std::vector<std::string_view> parts = Split(text, " \t\n\r\v\f");
  CronSchedule schedule;
  if (parts.size() != schedule.fields.size())
    return Fail(ErrorCode::kUsage, "it has " + std::to_string(parts.size()) + " fields, not 5", kForm);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ASSIGN_OR_RETURN(schedule.fields[i], ParseField(kFields[i], parts[i]));
  }
  schedule.any_day = (schedule.fields[2] & kAny) != 0;
  schedule.any_weekday = (schedule.fields[4] & kAny) != 0;
  for (std::uint64_t& field : schedule.fields) field &= ~kAny;
  return schedule;
}

std::optional<SystemTime> NextRun(const CronSchedule& schedule, SystemTime after, const TimeZone& zone) {
  using namespace std::chrono;
  if (schedule.every.count() > 0) return after + schedule.every;
  const SystemTime horizon = after + kHorizon;
  SystemTime time = floor<minutes>(after) + minutes(1);
  while (time < horizon) {
    const SystemTime local = time + zone.At(time).from_utc;
    const sys_days day = floor<days>(local);
    const auto minute = floor<minutes>(local - day).count();
    const bool fits_hour = Has(schedule.fields[3], unsigned(year_month_day(day).month())) &&
                           FitsDay(schedule, day) &&
                           Has(schedule.fields[1], static_cast<unsigned>(minute / 60));
    if (fits_hour && Has(schedule.fields[0], static_cast<unsigned>(minute % 60))) return time;
    // Clocks may change within a day: nothing larger than the rest of an hour is left out at once.
    time += fits_hour ? minutes(1) : minutes(60 - minute % 60);
  }
  return std::nullopt;
}

}  // namespace kubectl_ray
