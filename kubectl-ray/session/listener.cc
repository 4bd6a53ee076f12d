#include "kubectl-ray/session/listener.h"

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

int Listen4(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return ListenOn(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int Listen6(int port) {
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  return ListenOn(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int PortOf(int fd) {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

shared::Unexpected<shared::Error> CannotListen(int port, int error_number) {
  ErrorCode code = ErrorCode::kInternal;
  if (error_number == EADDRINUSE) code = ErrorCode::kConflict;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::kAuth;
  return Fail(
      code, "cannot listen on local port " + std::to_string(port) + ": " +
                (code == ErrorCode::kConflict ? "another program has it" : shared::ErrnoText(error_number)));
}

}  // namespace

Result<Listener> Listener::Open(int port) {
  const int fd4 = Listen4(port);
  if (fd4 < 0) return CannotListen(port, errno);
  const int bound = PortOf(fd4);
  const int fd6 = Listen6(bound);
  if (fd6 < 0 && errno == EADDRINUSE) {
    close(fd4);
    return CannotListen(bound, EADDRINUSE);
  }
  return Listener(fd4, fd6, bound);
}

Listener::Listener(Listener&& other) noexcept
    : fd4_(std::exchange(other.fd4_, -1)), fd6_(std::exchange(other.fd6_, -1)), port_(other.port_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(fd4_, other.fd4_);
  std::swap(fd6_, other.fd6_);
  std::swap(port_, other.port_);
  return *this;
}

Listener::~Listener() {
  for (int fd : {fd4_, fd6_})
    if (fd >= 0) close(fd);
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
