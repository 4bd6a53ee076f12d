#include "kubectl-ray/formats/time.h"

#include <charconv>

#include "shared/duration.h"

namespace kubectl_ray {
namespace {

// Returns the number in text[at, at + length); -1 if that is not all digits.
int Digits(std::string_view text, std::size_t at, std::size_t length) {
  if (text.size() < at + length) return -1;
  int number = 0;
  const char* end = text.data() + at + length;
  auto [stop, error] = std::from_chars(text.data() + at, end, number);
  return error == std::errc() && stop == end && text[at] != '-' ? number : -1;
}

// Parses Z or +hh:mm.
std::optional<std::chrono::minutes> Offset(std::string_view text) {
  if (text == "Z") return std::chrono::minutes(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = Digits(text, 1, 2), minutes = Digits(text, 4, 2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  return std::chrono::minutes((text[0] == '-' ? -1 : 1) * (hours * 60 + minutes));
}

}  // namespace

std::optional<SystemTime> ParseTime(std::string_view text) {
  const int parts[] = {Digits(text, 0, 4),  Digits(text, 5, 2),  Digits(text, 8, 2),
                       Digits(text, 11, 2), Digits(text, 14, 2), Digits(text, 17, 2)};
  for (int part : parts)
    if (part < 0) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.'))
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const auto offset = Offset(rest);
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!offset || !day.ok()) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
         std::chrono::seconds(parts[5]) - *offset;
}

std::string AgeOf(const shared::Json& object, SystemTime now) {
  const auto created = ParseTime(shared::StringAt(object, {"metadata", "creationTimestamp"}));
  if (!created) return "<unknown>";
  return now > *created ? shared::FormatDuration(now - *created) : "0s";
}

SystemTime Now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace kubectl_ray
