// An error on the screen.
#pragma once

#include "kubectl-ray/cli/streams.h"
#include "shared/result.h"

namespace kubectl_ray {

// Prints `error: message` and, below it, the hint on io.err, for all commands. Escapes control characters.
void PrintError(Streams& io, const shared::Error& error);

}  // namespace kubectl_ray
