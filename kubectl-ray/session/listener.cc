#include "kubectl-ray/session/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr int kBacklog = 512;
constexpr const char* kLoopback4 = "127.0.0.1";
constexpr const char* kLoopback6 = "::1";

// Returns the socket, or -1 and sets errno.
int ListenOn(const sockaddr* address, socklen_t size) {
  const int fd = socket(address->sa_family, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  if (bind(fd, address, size) == 0 && listen(fd, kBacklog) == 0) return fd;
  const int saved_errno = errno;
  close(fd);
  errno = saved_errno;
  return -1;
}

// The same at an IP address; errno is EADDRNOTAVAIL if it is none.
int ListenAt(const std::string& address, int port) {
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1)
    return ListenOn(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1)
    return ListenOn(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
  errno = EADDRNOTAVAIL;
  return -1;
}

int PortOf(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

shared::Unexpected<shared::Error> CannotListen(const std::string& address, int port, int error_number) {
  const bool local = address == kLoopback4 || address == kLoopback6;
  const std::string what =
      "cannot listen on " + (local ? "local " : address + ", ") + "port " + std::to_string(port) + ": ";
  if (error_number == EADDRINUSE) return Fail(ErrorCode::kConflict, what + "another program has it");
  if (error_number == EADDRNOTAVAIL)
    return Fail(ErrorCode::kUsage, what + "this machine has no such address",
                "Give --address one that it has, or 0.0.0.0 for all.");
  const bool refused = error_number == EACCES || error_number == EPERM;
  return Fail(refused ? ErrorCode::kAuth : ErrorCode::kInternal, what + shared::ErrnoText(error_number));
}

}  // namespace

Result<Listener> Listener::OpenOnce(int port, const std::vector<std::string>& addresses) {
  Listener listener;
  listener.port_ = port;
  for (const std::string& address : addresses) {
    const int fd = ListenAt(address, listener.port_);
    const bool may_be_missing = address == kLoopback6 && !listener.fds_.empty() && errno != EADDRINUSE;
    if (fd < 0 && !may_be_missing) return CannotListen(address, listener.port_, errno);
    if (fd < 0) continue;
    listener.fds_.push_back(fd);
    listener.port_ = PortOf(fd);
  }
  return listener;
}

Result<Listener> Listener::Open(int port, const std::vector<std::string>& addresses) {
  // The system's choice is free at the first address, and another program may have it at the next one.
  constexpr int kChoices = 50;
  for (int choice = 1;; ++choice) {
    Result<Listener> listener = OpenOnce(port, addresses);
    if (listener || port != 0 || listener.error().code != ErrorCode::kConflict || choice == kChoices)
      return listener;
  }
}

Listener::Listener(Listener&& other) noexcept : fds_(std::exchange(other.fds_, {})), port_(other.port_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(fds_, other.fds_);
  std::swap(port_, other.port_);
  return *this;
}

Listener::~Listener() {
  for (int fd : fds_) close(fd);
}

int AcceptConnection(int fd) {
  const int connection = accept(fd, nullptr, nullptr);
  if (connection < 0) return -1;
  fcntl(connection, F_SETFD, FD_CLOEXEC);
  fcntl(connection, F_SETFL, O_NONBLOCK);
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connection;
}

}  // namespace kubectl_ray
