// Sockets of a test's own on 127.0.0.1, and a server on them that says what a test tells it to, byte by byte.
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

// One connection, as its server sees it. Reads end early where the other side is gone.
class LoopbackConnection {
 public:
  explicit LoopbackConnection(int fd) : fd_(fd) {}

  void Send(std::string_view bytes) const;
  std::string Receive(std::size_t size) const;  // exactly so many, or what there was
  // A request's line and headers up to the blank line, or empty.
  std::string ReceiveRequest() const;
  // The same with its body, as long as Content-Length says.
  std::string ReceiveRequestAndBody() const;

 private:
  int fd_;
};

// Runs `serve` for each connection, on a thread of its own; the connection ends with it. Destruction
// waits for all of them: the clients have to be gone by then.
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
