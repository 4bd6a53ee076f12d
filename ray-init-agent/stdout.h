// Prints the results of commands that print something and end.
#pragma once

#include <string_view>

#include "shared/result.h"

namespace ray_init_agent {

// Writes all of `text` to stdout; blocks for as long as the reader takes. Fails (kInternal) if stdout is
// closed or full.
shared::Status Print(std::string_view text);

}  // namespace ray_init_agent
