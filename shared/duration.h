// Durations as people and Go programs write them: 30s, 2m, 1h30m, 500ms.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace shared {

// Go's time.ParseDuration, in whole milliseconds and never negative: units ms, s, m, h, also d; a bare number
// is seconds, as kubectl's --request-timeout has it. kUsage names `what` and the text where it is not one.
Result<std::chrono::milliseconds> ParseDuration(std::string_view what, std::string_view text);

// The shortest of 850ms, 12s, 3m4s, 2h5m, 4d3h: two units at most, as kubectl prints ages.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace shared
