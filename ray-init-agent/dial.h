// Makes a TCP connection as soon as the other side listens.
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

// Connects to one address, as often as its owner calls. Not thread-safe.
//
// The kernel sends a lost SYN again after one second, then after two, then four. If packets are dropped for a
// while (a network policy or a pod's route is on its way), a single attempt would sleep far beyond the moment
// at which the other side answers. So a new attempt begins every 200 ms beside those that are still open, and
// every two seconds after a minute in vain (RetryPause() with jitter, because 2,000 waiting workers are 2,000
// sources of SYNs). The first attempt to connect wins; each is given up after two seconds.
class Dialer {
 public:
  explicit Dialer(GcsAddress address);

  // Returns the socket of a new connection, non-blocking; the caller closes it. Blocks until it is connected,
  // every address of the host has refused, `deadline` has passed, or `interrupt` (may be nullptr) is raised.
  // Fails with kName or kDns (see Resolver), kRefused (no route counts too), kNoAnswer or kInterrupted.
  shared::Result<int, GcsError> Dial(const shared::Deadline& deadline, const shared::Interrupt* interrupt);

  // From now on Dial() tries the address of the last connection first, if there was one, without a look-up.
  // This is for the end of a node, whose few seconds a slow name server must not take.
  void KeepAddress() { keeps_address_ = true; }
  // See Resolver::failed_lookups().
  std::uint64_t failed_lookups() const { return resolver_.failed_lookups(); }

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
  std::vector<int> refusals_;            // the errno of each address, or 0 if it has not refused yet
  bool has_refused_ = false;             // an address of the last Dial() did, and none was connected
  shared::Deadline::Clock::time_point failing_since_ = {};
};

}  // namespace ray_init_agent
