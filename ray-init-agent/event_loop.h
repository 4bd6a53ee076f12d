// An event loop: one thread and one epoll for file descriptors, timers, signals and the work of other
// threads.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "shared/result.h"

namespace ray_init_agent {

// While it exists, every signal that can be blocked is blocked in the constructing thread and arrives in
// OnSignal()'s handler instead. This works for PID 1 too, which would never get a signal without a handler.
// Construct it before any other thread, so that the others inherit the mask. Faults of our own (SEGV, BUS,
// FPE, ILL, TRAP, SYS, ABRT) are not blocked.
//
// All handlers run on the thread inside Run(). Every member but Post() is for that thread only. A handler may
// add and remove anything, itself included.
class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  using Task = std::function<void()>;
  using FdHandler = std::function<void(std::uint32_t events)>;  // EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR
  using SignalHandler = std::function<void(const signalfd_siginfo&)>;
  using TimerId = std::uint64_t;  // never 0

  // Fails (kInternal) only if the process is out of descriptors or memory.
  static shared::Result<std::unique_ptr<EventLoop>> Create();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Watches `fd` (not owned), level-triggered. Fails (kInternal) for what epoll cannot watch, such as a
  // regular file.
  shared::Status AddFd(int fd, std::uint32_t events, FdHandler handler);
  // Changes the events of an fd that was added; 0 pauses it (HUP and ERR are still reported).
  void ChangeFd(int fd, std::uint32_t events);
  // Call it before the fd is closed. Does nothing for an fd that is not watched.
  void RemoveFd(int fd);

  // Runs `task` once, not before `delay` has passed.
  TimerId AddTimer(std::chrono::milliseconds delay, Task task);
  // Does nothing for a timer that has run, or for 0.
  void CancelTimer(TimerId id);

  // All signals go to this one handler, in the order in which the kernel delivers them. Set it before Run().
  void OnSignal(SignalHandler handler) { on_signal_ = std::move(handler); }

  // From any thread: runs `task` soon on the loop's thread. Tasks posted after Run() has returned are
  // dropped.
  void Post(Task task);

  // Blocks until Stop() is called.
  void Run();
  void Stop() { stopped_ = true; }

  // The mask as it was before Create(), which a child must get back.
  const sigset_t& original_signal_mask() const { return original_mask_; }

 private:
  struct Watch {
    FdHandler handler;
    std::uint32_t generation;
  };
  struct Timer {
    TimerId id;
    Task task;
  };

  EventLoop() = default;
  void ReadSignals();
  void RunPosted();
  void RunDueTimers();
  int PollTimeoutMs() const;
  void Dispatch(std::uint64_t key, std::uint32_t events);

  int epoll_fd_ = -1;
  int signal_fd_ = -1;
  int wake_fd_ = -1;
  bool stopped_ = false;
  sigset_t original_mask_ = {};
  SignalHandler on_signal_;
  std::uint32_t next_generation_ = 1;
  std::unordered_map<int, std::shared_ptr<Watch>> watches_;
  TimerId next_timer_ = 1;
  std::multimap<Clock::time_point, Timer> timers_;
  std::mutex posted_mutex_;
  std::vector<Task> posted_;
};

}  // namespace ray_init_agent
