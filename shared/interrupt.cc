#include "shared/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace shared {
namespace {

std::atomic<Interrupt*> installed{nullptr};

void OnSignal(int signal) {
  const int saved_errno = errno;
  if (Interrupt* interrupt = installed.load(std::memory_order_acquire)) interrupt->Raise(signal);
  errno = saved_errno;
}

}  // namespace

Interrupt::Interrupt() {
  int fds[2];
  if (pipe(fds) != 0) return;  // fd() stays -1: poll() then skips it, and raised() still works
  for (int fd : fds) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  read_fd_ = fds[0];
  write_fd_ = fds[1];
}

Interrupt::~Interrupt() {
  Interrupt* self = this;
  installed.compare_exchange_strong(self, nullptr);
  if (read_fd_ >= 0) close(read_fd_);
  if (write_fd_ >= 0) close(write_fd_);
}

void Interrupt::Raise(int signal) noexcept {
  signal_.store(signal, std::memory_order_release);
  count_.fetch_add(1, std::memory_order_acq_rel);
  [[maybe_unused]] ssize_t ignored = write(write_fd_, "!", 1);  // a full pipe is readable already
}

bool Interrupt::WaitFor(std::chrono::milliseconds duration) const noexcept {
  const auto end = std::chrono::steady_clock::now() + duration;
  while (!raised()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    pollfd wait = {read_fd_, POLLIN, 0};
    poll(&wait, 1, static_cast<int>(std::min<std::chrono::milliseconds::rep>(left.count(), 3600 * 1000)));
  }
  return raised();
}

void Interrupt::Clear() noexcept {
  char buffer[64];
  while (read(read_fd_, buffer, sizeof buffer) > 0) {
  }
  count_.store(0, std::memory_order_release);
  signal_.store(0, std::memory_order_release);
}

void Interrupt::EndBySignal() const noexcept {
#ifndef _WIN32  // there a process only ends with a code
  const int ending = signal();
  if (ending != SIGINT && ending != SIGTERM) return;
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(ending, &action, nullptr);
  raise(ending);
#endif
}

void Interrupt::InstallHandlers(Interrupt* interrupt) {
  installed.store(interrupt, std::memory_order_release);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

}  // namespace shared
