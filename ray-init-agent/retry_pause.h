// How long to pause between tries, so that thousands of pods that wait for one head do not flood it. Pure but
// for the jitter.
#pragma once

#include <chrono>

namespace ray_init_agent {

// The time from the begin of one try to the begin of the next: `first` as long as nobody has waited for long,
// then a thirtieth of the time `waited`, and two seconds at most. So a wait ends soon after its reason does,
// in proportion.
std::chrono::milliseconds RetryPause(std::chrono::milliseconds first, std::chrono::milliseconds waited);

// The time from the begin of one look-up of a missing name to the begin of the next, if a look-up takes
// `queries` questions to a name server: a tenth of a second at first, and so that there is one question a
// second after ten seconds of waiting.
std::chrono::milliseconds LookupPause(int queries, std::chrono::milliseconds waited);

// Returns `pause` plus a random part of up to a quarter of it, so that pods that were started together drift
// apart.
std::chrono::milliseconds WithJitter(std::chrono::milliseconds pause);

}  // namespace ray_init_agent
