// Results of commands that print something and end.
#pragma once

#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

// Writes all of it to stdout, however slow the reader; fails where that is closed or full.
shared::Status Print(std::string_view text);

}  // namespace ray_init_agent
