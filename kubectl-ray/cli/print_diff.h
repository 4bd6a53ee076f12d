// A unified diff on the screen.
#pragma once

#include <string_view>

#include "kubectl-ray/cli/streams.h"

namespace kubectl_ray {

// Prints the diff (formats/unified_diff.h) on io.out: as it is, so that `patch` can read it, but on a
// terminal with colours, if those are wanted, and with everything escaped that the terminal would obey.
void PrintDiff(Streams& io, std::string_view diff);

}  // namespace kubectl_ray
