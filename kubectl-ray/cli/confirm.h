// Asks before something is destroyed.
#pragma once

#include <string>

#include "kubectl-ray/cli/streams.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

// Asks on io.err and reads a line from io.in. Returns true for y or yes, and false for n or no. Blocks until
// there is a line. Errors: kUsage for anything else, also for no input; kInterrupted if Ctrl-C comes
// meanwhile.
shared::Result<bool> Confirm(Streams& io, const shared::Interrupt& interrupt, const std::string& question);

}  // namespace kubectl_ray
