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
// `queries` questions to a name server: so that there is one question a second for half a minute, then one in
// a thirtieth of the time `waited`, and one in ten seconds after five minutes. It is never longer than what
// was waited, or than a second.
std::chrono::milliseconds LookupPause(int queries, std::chrono::milliseconds waited);

// How long the addresses of a name are used before it is looked up again, if nobody answered there for the
// time `waited` since they were found: five seconds at first, then a third of that time, and twenty seconds
// at most.
std::chrono::milliseconds AnswerIsFreshFor(std::chrono::milliseconds waited);

// Returns `pause` plus a random part of up to a quarter of it, so that pods that were started together drift
// apart.
std::chrono::milliseconds WithJitter(std::chrono::milliseconds pause);

}  // namespace ray_init_agent
