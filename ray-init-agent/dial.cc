#include "ray-init-agent/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "ray-init-agent/retry_pause.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using shared::Interrupt;
using shared::Result;
using shared::Unexpected;
using std::chrono::milliseconds;

constexpr milliseconds kFirstAttemptPause(200);
constexpr milliseconds kAttemptTimeout = std::chrono::seconds(2);

// Returns a non-blocking socket that is being connected to the address, or -1 with errno.
int StartConnecting(IpAddress address, std::uint16_t port) {
  if (address.storage.ss_family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port = htons(port);
  }
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 ||
      errno == EINPROGRESS)
    return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int SocketError(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Dialer::Dialer(GcsAddress address) : port_(address.port), resolver_(std::move(address.host)) {}

void Dialer::Begin(const IpAddress& address, std::size_t index) {
  const int fd = StartConnecting(address, port_);
  if (fd < 0) {
    refusals_[index] = errno;
  } else {
    attempts_.push_back({fd, index, Deadline::After(kAttemptTimeout)});
  }
}

void Dialer::Wait(milliseconds time, const Interrupt* interrupt) {
  std::vector<pollfd> polls = {{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
  for (const Attempt& attempt : attempts_) {
    polls.push_back({attempt.fd, POLLOUT, 0});
    time = attempt.end.Remaining(time);
  }
  poll(polls.data(), polls.size(), static_cast<int>(time.count()));
}

// Takes the first attempt that is connected; its socket is the caller's from then on. Attempts that were
// refused or took too long end here.
std::optional<Dialer::Attempt> Dialer::TakeConnected() {
  for (auto attempt = attempts_.begin(); attempt != attempts_.end();) {
    pollfd ready = {attempt->fd, POLLOUT, 0};
    const bool is_over = poll(&ready, 1, 0) == 1;
    const int error = is_over ? SocketError(attempt->fd) : 0;
    if (is_over && error == 0) {
      const Attempt connected = *attempt;
      attempts_.erase(attempt);
      return connected;
    }
    if (error != 0) refusals_[attempt->address] = error;
    if (error == 0 && !attempt->end.passed()) {
      ++attempt;
      continue;
    }
    close(attempt->fd);
    attempt = attempts_.erase(attempt);
  }
  return std::nullopt;
}

bool Dialer::AllRefused() const {
  return std::find(refusals_.begin(), refusals_.end(), 0) == refusals_.end();
}

Result<int, GcsError> Dialer::Dial(const Deadline& deadline, const Interrupt* interrupt) {
  std::vector<IpAddress> addresses;
  if (keeps_address_)
    addresses = std::exchange(last_address_, {});  // once: if that fails, the name may have another
  if (addresses.empty()) {
    auto resolved = resolver_.Resolve(deadline, interrupt);
    if (!resolved) return Unexpected(std::move(resolved).error());
    addresses = *std::move(resolved);
  }
  if (failing_since_ == Deadline::Clock::time_point{}) failing_since_ = Deadline::Clock::now();
  refusals_.assign(addresses.size(), 0);
  const auto connected = Connect(addresses, deadline, interrupt);
  for (const Attempt& attempt : std::exchange(attempts_, {})) close(attempt.fd);
  const bool refused = !connected && std::count(refusals_.begin(), refusals_.end(), ECONNREFUSED) > 0;
  // A pod whose port was closed and that is silent now has gone; the name may lead to the next one.
  if (std::exchange(has_refused_, refused) && !refused) resolver_.Forget();
  if (!connected) return Unexpected(connected.error());
  resolver_.HasAnswered();
  failing_since_ = {};
  last_address_ = {addresses[connected->address]};
  return connected->fd;
}

Result<Dialer::Attempt, GcsError> Dialer::Connect(const std::vector<IpAddress>& addresses,
                                                  const Deadline& deadline, const Interrupt* interrupt) {
  std::size_t turn = 0;
  Deadline next = Deadline::After(milliseconds(0));
  while (true) {
    if (const auto connected = TakeConnected()) return *connected;
    if (AllRefused()) return Unexpected(GcsError{GcsFailure::kRefused, shared::ErrnoText(refusals_.back())});
    if (interrupt != nullptr && interrupt->raised())
      return Unexpected(GcsError{GcsFailure::kInterrupted, "interrupted"});
    if (deadline.passed()) return Unexpected(GcsError{GcsFailure::kNoAnswer, "the connection timed out"});
    if (!attempts_.empty() && !next.passed()) {
      Wait(next.Remaining(deadline.Remaining()), interrupt);
      continue;
    }
    while (refusals_[turn % addresses.size()] != 0) ++turn;
    Begin(addresses[turn % addresses.size()], turn % addresses.size());
    ++turn;
    const auto waited = std::chrono::duration_cast<milliseconds>(Deadline::Clock::now() - failing_since_);
    next = Deadline::After(WithJitter(RetryPause(kFirstAttemptPause, waited)));
  }
}

}  // namespace ray_init_agent
