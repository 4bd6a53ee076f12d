// Durations as people and Go programs write them: 30s, 2m, 1h30m, 500ms.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace shared {

// Parses what Go's time.ParseDuration takes, in whole milliseconds and never negative: units ms, s, m, h, and
// also d. A bare number is in seconds, as in kubectl's --request-timeout. Fails with kUsage, naming `what`
// and the text.
Result<std::chrono::milliseconds> ParseDuration(std::string_view what, std::string_view text);

// Returns the shortest of 850ms, 12s, 3m4s, 2h5m, 4d3h: two units at most, as kubectl prints ages.
std::string FormatDuration(std::chrono::milliseconds duration);

// Returns the same for what is known in whole seconds, so that nothing is 0s.
std::string FormatSeconds(std::chrono::seconds duration);

}  // namespace shared
