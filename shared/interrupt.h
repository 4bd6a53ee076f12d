// Makes Ctrl-C (SIGINT) and SIGTERM into something that every wait can watch: a file descriptor that becomes
// readable.
#pragma once

#include <atomic>
#include <chrono>

namespace shared {

// A request to stop. Raise() may be called from a signal handler or any thread; a wait polls fd() beside its
// own descriptors.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Async-signal-safe. Each call counts.
  void Raise(int signal) noexcept;

  bool raised() const noexcept { return count_.load(std::memory_order_acquire) > 0; }
  // How often it was raised: a second Ctrl-C asks for more than the first.
  int count() const noexcept { return count_.load(std::memory_order_acquire); }
  // The last signal that was raised, or 0.
  int signal() const noexcept { return signal_.load(std::memory_order_acquire); }
  // Readable from Raise() until Clear(). Owned by this object.
  int fd() const noexcept { return read_fd_; }
  // Sleeps for `duration`, or until it is raised; returns whether it is.
  bool WaitFor(std::chrono::milliseconds duration) const noexcept;
  // Forgets all raises (for a first Ctrl-C that was answered with a question).
  void Clear() noexcept;

  // Ends this process by the SIGINT or SIGTERM that was raised last, as if nothing had caught it, so that a
  // shell, make or a script sees what ended it (WIFSIGNALED). To call after all cleaning up. Returns if no
  // such signal was raised, if the system does not end the process by it (as for a container's first
  // process), and on Windows.
  void EndBySignal() const noexcept;

  // Routes SIGINT and SIGTERM of this process to `interrupt`, which must outlive the process's signals.
  // Ignores SIGPIPE, so that a closed reader is an error of write().
  static void InstallHandlers(Interrupt* interrupt);

 private:
  std::atomic<int> count_{0};
  std::atomic<int> signal_{0};
  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace shared
