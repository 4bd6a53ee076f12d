// Ctrl-C (SIGINT) and SIGTERM as something every wait can watch: a file descriptor that becomes readable.
#pragma once

#include <atomic>
#include <chrono>

namespace shared {

// A wish to stop. Raise() may be called from a signal handler or any thread; waits poll fd() beside their
// own.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Async-signal-safe. Each call counts.
  void Raise(int signal) noexcept;

  bool raised() const noexcept { return count_.load(std::memory_order_acquire) > 0; }
  // How often it was raised: a second Ctrl-C means something stronger than the first.
  int count() const noexcept { return count_.load(std::memory_order_acquire); }
  // The last signal raised, or 0.
  int signal() const noexcept { return signal_.load(std::memory_order_acquire); }
  // Readable once raised, until Clear(). Owned by this object.
  int fd() const noexcept { return read_fd_; }
  // Sleeps for `duration`, or until it is raised; whether it is.
  bool WaitFor(std::chrono::milliseconds duration) const noexcept;
  // Makes it as if never raised (a first Ctrl-C that was answered with a question).
  void Clear() noexcept;

  // Ends this process by the SIGINT or SIGTERM that was raised last, as if nothing had caught it, so that a
  // shell, make or a script sees what ended it (WIFSIGNALED). Call it when all is cleaned up. Returns if no
  // such signal was raised, if the system does not end the process by it (it is a container's first one), and
  // on Windows.
  void EndBySignal() const noexcept;

  // Routes SIGINT and SIGTERM of this process here; the object must outlive the process's signals. Ignores
  // SIGPIPE, so that a closed reader is an error of write() and not a death.
  static void InstallHandlers(Interrupt* interrupt);

 private:
  std::atomic<int> count_{0};
  std::atomic<int> signal_{0};
  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace shared
