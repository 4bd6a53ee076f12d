#include "tests/support/loopback.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

LoopbackListener::LoopbackListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(fd_, 16) == 0);
  REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

LoopbackListener::~LoopbackListener() { close(fd_); }

void LoopbackConnection::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string LoopbackConnection::Receive(std::size_t size) const {
  if (size == 0) return "";  // recv would wait for a byte
  std::string bytes(size, '\0');
  const ssize_t n = recv(fd_, bytes.data(), size, MSG_WAITALL);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

std::string LoopbackConnection::ReceiveRequest() const {
  std::string request;
  while (!request.ends_with("\r\n\r\n")) {
    const std::string byte = Receive(1);
    if (byte.empty()) return "";
    request += byte;
  }
  return request;
}

std::string LoopbackConnection::ReceiveRequestAndBody() const {
  std::string request = ReceiveRequest();
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = request.find(kLength);
  if (at != std::string::npos)
    request += Receive(std::strtoul(request.c_str() + at + kLength.size(), nullptr, 10));
  return request;
}

LoopbackServer::LoopbackServer(std::function<void(const LoopbackConnection&)> serve)
    : serve_(std::move(serve)), acceptor_([this] { Accept(); }) {}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_.fd(), SHUT_RDWR);  // ends the acceptor's poll
  acceptor_.join();
  for (Served& served : served_) {
    served.thread.join();
    close(served.fd);
  }
}

void LoopbackServer::Accept() {
  while (true) {
    const int fd = accept(listener_.fd(), nullptr, nullptr);
    if (fd < 0) return;
    Served& served = served_.emplace_back();
    served.fd = fd;
    served.thread = std::thread([this, fd] {
      serve_(LoopbackConnection(fd));
      shutdown(fd, SHUT_RDWR);
    });
  }
}
