// Splits text at separators.
#pragma once

#include <string_view>
#include <vector>

namespace shared {

// Returns the parts between the separators, empty ones included: one more than there are separators. They
// live as long as `text`.
std::vector<std::string_view> Split(std::string_view text, char separator);

}  // namespace shared
