// How long to pause between tries, so that thousands of pods that wait for one head do not flood it.
#pragma once

#include <chrono>

namespace ray_init_agent {

// From the begin of one try to the begin of the next: `first` as long as nobody waits for long, then a
// thirtieth of what was waited, and two seconds at most. So a wait ends soon after its reason does, in
// proportion.
std::chrono::milliseconds RetryPause(std::chrono::milliseconds first, std::chrono::milliseconds waited);

// From the begin of one look-up of a name that is missing to the begin of the next, if a look-up takes
// `queries` questions to a name server: a tenth of a second at first, and a question a second once ten
// seconds were waited.
std::chrono::milliseconds LookupPause(int queries, std::chrono::milliseconds waited);

// `pause` and a random part of up to a quarter of it, never less: pods that were started as one drift apart.
std::chrono::milliseconds WithJitter(std::chrono::milliseconds pause);

}  // namespace ray_init_agent
