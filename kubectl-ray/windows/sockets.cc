// Sockets by descriptor and errno. Pipes are sockets, too, because WSAPoll() takes nothing else.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "kubectl-ray/windows/descriptors.h"

namespace {

using windows::ErrnoOf;
using windows::FailWith;
using windows::ToSocket;

int Failure() { return FailWith(ErrnoOf(static_cast<DWORD>(WSAGetLastError()))); }

int Outcome(int result) { return result == 0 ? 0 : Failure(); }

int ToLength(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, 1 << 30)); }

sockaddr_in Loopback() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Makes the two ends of one connection. Returns false if somebody else connected first.
bool Connect(int listener, int fds[2]) {
  sockaddr_in address = Loopback(), peer = {}, own = {};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || listen(listener, 1) != 0) return false;
  if (getsockname(ToSocket(listener), generic, &size) != 0) return false;
  fds[1] = socket(AF_INET, SOCK_STREAM, 0);
  if (fds[1] < 0 || connect(ToSocket(fds[1]), generic, size) != 0) return false;
  fds[0] = accept(listener, reinterpret_cast<sockaddr*>(&peer), &size);
  size = sizeof own;
  return fds[0] >= 0 && getsockname(ToSocket(fds[1]), reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
         peer.sin_port == own.sin_port;
}

}  // namespace

int socket(int family, int type, int protocol) {
  const SOCKET made =
      WSASocketW(family, type, protocol, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  return made == INVALID_SOCKET ? Failure() : static_cast<int>(made);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
  const SOCKET accepted = ::accept(ToSocket(fd), address, size);
  return accepted == INVALID_SOCKET ? Failure() : static_cast<int>(accepted);
}

int bind(int fd, const sockaddr* address, socklen_t size) {
  return Outcome(::bind(ToSocket(fd), address, size));
}

int listen(int fd, int backlog) { return Outcome(::listen(ToSocket(fd), backlog)); }

int shutdown(int fd, int how) { return Outcome(::shutdown(ToSocket(fd), how)); }

int setsockopt(int fd, int level, int name, const int* value, socklen_t size) {
  // On Windows SO_REUSEADDR would let another program take the port; this option does what is meant.
  if (level == SOL_SOCKET && name == SO_REUSEADDR) name = SO_EXCLUSIVEADDRUSE;
  return Outcome(::setsockopt(ToSocket(fd), level, name, reinterpret_cast<const char*>(value), size));
}

ssize_t send(int fd, const char* data, std::size_t size, int flags) {
  const int n = ::send(ToSocket(fd), data, ToLength(size), flags);
  return n < 0 ? Failure() : n;
}

ssize_t recv(int fd, char* data, std::size_t size, int flags) {
  const int n = ::recv(ToSocket(fd), data, ToLength(size), flags);
  return n < 0 ? Failure() : n;
}

int fcntl(int fd, int command, int argument) {
  if (command != F_SETFL || !windows::IsSocket(fd)) return 0;
  u_long on = (argument & O_NONBLOCK) != 0 ? 1 : 0;
  return Outcome(ioctlsocket(ToSocket(fd), FIONBIO, &on));
}

int pipe(int fds[2]) {
  fds[0] = fds[1] = -1;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return -1;
  const bool connected = Connect(listener, fds);
  close(listener);
  if (connected) return 0;
  for (int i = 0; i < 2; ++i)
    if (fds[i] >= 0) close(fds[i]);
  return FailWith(EMFILE);
}

int socketpair(int, int, int, int fds[2]) { return pipe(fds); }
