// A connection whose other side has said all it will ever say: what a parser reads from it is the fuzzer's.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "shared/http_client.h"
#include "shared/interrupt.h"

class PreloadedServer {
 public:
  // Each connection that is dialled gets the next of `answers`, and then its end. Behind the last one there
  // is none, and `interrupt` (which may be nullptr) is raised, so that nothing is tried again.
  PreloadedServer(std::vector<std::string> answers, shared::Interrupt* interrupt)
      : answers_(std::move(answers)), interrupt_(interrupt) {}
  ~PreloadedServer() {
    for (const int fd : fds_) close(fd);
  }
  PreloadedServer(const PreloadedServer&) = delete;
  PreloadedServer& operator=(const PreloadedServer&) = delete;

  int Dial() {
    int fds[2];
    if (fds_.size() == answers_.size() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
      if (interrupt_ != nullptr) interrupt_->Raise(2);
      return -1;
    }
    const std::string& answer = answers_[fds_.size()];
    fds_.push_back(fds[1]);
    // An answer that fills the socket is cut there: nobody reads beside us.
    (void)!send(fds[1], answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fds[1], SHUT_WR);
    return fds[0];
  }

  shared::HttpOptions Options() {
    shared::HttpOptions options;
    options.dial = [this] { return Dial(); };
    options.interrupt = interrupt_;
    return options;
  }

 private:
  const std::vector<std::string> answers_;
  shared::Interrupt* const interrupt_;
  std::vector<int> fds_;
};
