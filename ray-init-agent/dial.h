// A TCP connection that is there as soon as the other side is.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "ray-init-agent/gcs_address.h"
#include "ray-init-agent/gcs_error.h"
#include "ray-init-agent/resolver.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace ray_init_agent {

// Connects to one address again and again, for as long as its owner wants. Not thread-safe.
//
// The kernel sends a lost SYN again after one second, then after two, four: where packets are dropped for a
// while (a network policy on its way, a pod's route) a single attempt sleeps far beyond the moment the other
// side answers. So a new attempt begins every 200 ms beside those that are still open, and every two seconds
// once a minute passed in vain (RetryPause() with jitter: 2,000 waiting workers are 2,000 sources of SYNs);
// the first to connect is taken, each is given up after two seconds.
class Dialer {
 public:
  explicit Dialer(GcsAddress address);

  // The socket of a new connection, non-blocking, which is the caller's to close. Blocks until it is
  // connected, all addresses of the host refused, `deadline` passed, or `interrupt` (may be nullptr) was
  // raised. Fails with kName or kDns (see Resolver), kRefused (no route counts too), kNoAnswer or
  // kInterrupted.
  shared::Result<int, GcsError> Dial(const shared::Deadline& deadline, const shared::Interrupt* interrupt);

  // From now on Dial() goes first to the address that the last connection had, if there was one, without a
  // look-up: for the end of a node, whose few seconds a slow name server must not take.
  void KeepAddress() { keeps_address_ = true; }

 private:
  struct Attempt {
    int fd;
    std::size_t address;  // its index
    shared::Deadline end;
  };

  shared::Result<Attempt, GcsError> Connect(const std::vector<IpAddress>& addresses,
                                            const shared::Deadline& deadline,
                                            const shared::Interrupt* interrupt);
  void Begin(const IpAddress& address, std::size_t index);
  void Wait(std::chrono::milliseconds time, const shared::Interrupt* interrupt);
  std::optional<Attempt> TakeConnected();
  bool AllRefused() const;

  const std::uint16_t port_;
  Resolver resolver_;
  bool keeps_address_ = false;
  std::vector<IpAddress> last_address_;  // one at most
  std::list<Attempt> attempts_;          // only inside of Dial()
  std::vector<int> refusals_;            // an errno for each address, 0: none yet
  shared::Deadline::Clock::time_point failing_since_ = {};
};

}  // namespace ray_init_agent
