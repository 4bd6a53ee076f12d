// Looks up the addresses of the head's name, so that neither a slow name server keeps a pod out nor thousands
// of waiting pods flood it.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ray-init-agent/gcs_error.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace ray_init_agent {

// An IPv4 or IPv6 address without a port.
struct IpAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;  // the bytes of `storage` that are used
};

// How a resolver searches for names that are not whole.
struct SearchRules {
  std::vector<std::string> domains;
  int ndots = 1;  // a host with so many dots is asked for as it is before it is searched for
};

// Parses the text of /etc/resolv.conf (any bytes) as resolv.conf(5) says: of several `search` and `domain`
// lines the last one counts.
SearchRules ParseSearchRules(std::string_view resolv_conf);

// Returns the names to ask for, in order, each to be taken as it is. A host below one of the search domains
// is whole and is asked for alone: with Kubernetes' ndots of 5, the resolver of a libc, and Ray's, ask for
// eight other names before it. Any other host gets the order of resolv.conf(5), which is Ray's order: a short
// name such as head.dev must not be looked for in the Internet first. Pure; `host` is not empty.
std::vector<std::string> NamesToAsk(const std::string& host, const SearchRules& rules);

// Asks /etc/hosts and the name servers of /etc/resolv.conf for one host's addresses, with one look-up at a
// time. A look-up that has not ended when a caller's deadline passes continues with the next call, for as
// long as c-ares allows (as in gRPC). Not thread-safe.
class Resolver {
 public:
  // `host` is a name, or an IPv4 or IPv6 address (perhaps with %scope), which is its own answer.
  explicit Resolver(std::string host);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Returns at least one address; an answer is kept as AnswerIsFreshFor() says, with jitter. Blocks until
  // there is an answer, `deadline` has passed, or `interrupt` (may be nullptr) is raised. After a failure the
  // next look-up begins as LookupPause() says, with jitter. Fails with kName (no such name, or one without
  // addresses), kDns or kInterrupted.
  shared::Result<std::vector<IpAddress>, GcsError> Resolve(const shared::Deadline& deadline,
                                                           const shared::Interrupt* interrupt);

  // Says that somebody has answered at an address: it was right, and the next wait is a new one.
  void HasAnswered() { found_since_ = {}; }
  // Says that nobody is at the addresses any more: the next call looks them up again.
  void Forget() { fresh_until_ = {}; }

  // How many look-ups have ended without an address.
  std::uint64_t failed_lookups() const { return failed_lookups_; }

 private:
  class Lookup;
  using Clock = shared::Deadline::Clock;

  void TakeAnswer();

  std::string host_;
  std::vector<IpAddress> addresses_;
  bool is_address_ = false;
  Clock::time_point found_since_ = {};  // the first answer of this wait, or none yet
  Clock::time_point fresh_until_ = {};
  std::unique_ptr<Lookup> lookup_;        // the one that has not ended
  GcsError failure_;                      // why the last look-up failed
  Clock::time_point failing_since_ = {};  // the first look-up of a row without an address
  bool is_missing_ = false;               // the last look-up's name servers know no such name
  Clock::time_point next_lookup_ = {};
  std::uint64_t failed_lookups_ = 0;
};

}  // namespace ray_init_agent
