// Asking before something is destroyed.
#pragma once

#include <string>

#include "kubectl-ray/cli/streams.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

// Asks on io.err and reads a line from io.in: true for y or yes, false for n, no. kUsage for anything else,
// an empty input included. Ctrl-C while it waits is kInterrupted.
shared::Result<bool> Confirm(Streams& io, const shared::Interrupt& interrupt, const std::string& question);

}  // namespace kubectl_ray
