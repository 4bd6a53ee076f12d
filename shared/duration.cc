#include "shared/duration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace shared {
namespace {

constexpr double kLongest = 100.0 * 365 * 86'400'000;  // a hundred years in ms: far below any overflow

double MillisecondsIn(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"", 1000}}};
  for (const auto& [name, milliseconds] : kUnits)
    if (name == unit) return milliseconds;
  return -1;
}

std::string_view TakeWhile(std::string_view* text, std::string_view set) {
  const std::size_t end = std::min(text->find_first_not_of(set), text->size());
  std::string_view taken = text->substr(0, end);
  text->remove_prefix(end);
  return taken;
}

}  // namespace

Result<std::chrono::milliseconds> ParseDuration(std::string_view what, std::string_view text) {
  double total = 0;
  bool valid = !text.empty();
  std::string_view rest = text;
  while (valid && !rest.empty()) {
    const std::string number(TakeWhile(&rest, "0123456789."));
    const double unit = MillisecondsIn(TakeWhile(&rest, "abcdefghijklmnopqrstuvwxyz"));
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    valid = !number.empty() && *end == '\0' && unit > 0;
    total += value * unit;
    valid = valid && total <= kLongest;
  }
  if (!valid)
    return Fail(ErrorCode::kUsage, std::string(what) + " \"" + std::string(text) + "\" is not a duration",
                "Write it as 30s, 5m or 1h30m.");
  return std::chrono::milliseconds(std::llround(total));
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  const long long ms = duration.count();
  if (ms < 1000) return std::to_string(ms < 0 ? 0 : ms) + "ms";
  const long long s = ms / 1000;
  auto two = [](long long a, const char* unit_a, long long b, const char* unit_b) {
    return std::to_string(a) + unit_a + (b > 0 ? std::to_string(b) + unit_b : "");
  };
  if (s < 120) return std::to_string(s) + "s";
  if (s < 10 * 60) return two(s / 60, "m", s % 60, "s");
  if (s < 3 * 3600) return std::to_string(s / 60) + "m";
  if (s < 8 * 3600) return two(s / 3600, "h", s / 60 % 60, "m");
  if (s < 2 * 86400) return std::to_string(s / 3600) + "h";
  if (s < 8 * 86400) return two(s / 86400, "d", s / 3600 % 24, "h");
  return std::to_string(s / 86400) + "d";
}

std::string FormatSeconds(std::chrono::seconds duration) {
  return duration.count() <= 0 ? "0s" : FormatDuration(duration);
}

}  // namespace shared
