// Sockets on 127.0.0.1 for a test, and a server on them that sends what the test says, byte by byte.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <thread>

// Listens on a free port for as long as it lives.
class LoopbackListener {
 public:
  LoopbackListener();
  ~LoopbackListener();
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;

  int fd() const { return fd_; }
  std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

// The server's side of one connection. Reads end early if the client is gone.
class LoopbackConnection {
 public:
  explicit LoopbackConnection(int fd) : fd_(fd) {}

  void Send(std::string_view bytes) const;
  std::string Receive(std::size_t size) const;  // exactly `size` bytes, or fewer if there are no more
  // Returns a request's line and headers up to the blank line, or an empty string.
  std::string ReceiveRequest() const;
  // The same with its body, as long as Content-Length says.
  std::string ReceiveRequestAndBody() const;

 private:
  int fd_;
};

// Runs `serve` for each connection, on a thread of its own, and closes the connection after it. The
// destructor waits for all of them, so the clients must be gone by then.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::function<void(const LoopbackConnection&)> serve);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return listener_.port(); }

 private:
  struct Served {
    int fd = -1;
    std::thread thread;
  };
  void Accept();

  LoopbackListener listener_;
  const std::function<void(const LoopbackConnection&)> serve_;
  std::list<Served> served_;  // of the acceptor, until it has ended
  std::thread acceptor_;
};
