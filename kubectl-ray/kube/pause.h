// A wait between two tries.
#pragma once

#include <chrono>

#include "shared/interrupt.h"

namespace kubectl_ray {

// Sleeps for `time`, or until `interrupt` is raised; null: there is none. Returns whether it is raised.
bool Pause(const shared::Interrupt* interrupt, std::chrono::milliseconds time);

}  // namespace kubectl_ray
