// Writes any bytes as the inside of a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace ray_init_agent {

// Appends `text` as the inside of a JSON string; a byte that is not UTF-8 becomes the four characters \xNN.
void AppendJsonEscaped(std::string_view text, std::string* out);

}  // namespace ray_init_agent
