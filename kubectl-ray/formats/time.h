// Times as the Kubernetes API writes them (RFC 3339), and ages as kubectl prints them.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "shared/json.h"

namespace kubectl_ray {

using SystemTime = std::chrono::sys_seconds;

// Parses "2026-11-21T03:00:00Z", with or without a fraction or an offset. Returns nothing for any other text.
std::optional<SystemTime> ParseTime(std::string_view text);

// Returns the time since the object's metadata.creationTimestamp as kubectl's HumanDuration prints it, or
// "<unknown>".
std::string AgeOf(const shared::Json& object, SystemTime now);

SystemTime Now();
// What prints ages asks it at each row, since a watch goes on for long: Now, or a test's own.
using Clock = std::function<SystemTime()>;

}  // namespace kubectl_ray
