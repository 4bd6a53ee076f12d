// A member that stands twice in a JSON object: most readers keep the last one, and nobody is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shared {

// The first name that stands twice in one object of `json`, at any depth; nothing where there is none. `json`
// is a text that ParseJson() takes.
std::optional<std::string> FindRepeatedName(std::string_view json);

}  // namespace shared
