// Finds a member that occurs twice in a JSON object: most readers keep the last one and do not report it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shared {

// Returns the first name that occurs twice in one object of `json`, at any depth, or nothing. `json` is a
// text that ParseJson() takes.
std::optional<std::string> FindRepeatedName(std::string_view json);

}  // namespace shared
