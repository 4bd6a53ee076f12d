// A TCP connection that is there as soon as the other side is.
#pragma once

#include <chrono>
#include <string>

#include "shared/http_client.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace ray_init_agent {

// Connects to `authority` (host:port, an IPv6 address in brackets, a scope as %25eth0) and gives the socket,
// non-blocking, which is the caller's to close. Blocks until it is connected or refused, `timeout` passed, or
// the Interrupt (which may be nullptr) was raised.
//
// The kernel sends a lost SYN again after one second, then after two, four: where packets are dropped for a
// while (a network policy on its way, a pod's route) a single attempt sleeps far beyond the moment the other
// side answers. So a new attempt, name and all, begins every 200 ms beside those that are still open; the
// first to connect is taken, each is given up after two seconds.
shared::Result<int, shared::HttpError> Dial(const std::string& authority, std::chrono::milliseconds timeout,
                                            const shared::Interrupt* interrupt);

}  // namespace ray_init_agent
