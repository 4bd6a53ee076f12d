// What PID 1 does for its child and its container: it starts the child without a shell, passes signals on,
// reaps orphans, and ends with the child's own exit code.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "ray-init-agent/event_loop.h"
#include "shared/result.h"

namespace ray_init_agent {

struct SupervisorOptions {
  std::vector<std::string> argv;         // not empty; argv[0] is looked up in PATH unless it has a slash
  std::vector<std::string> environment;  // "NAME=value", all of it
  int stdout_fd = 1;                     // the child's stdout and stderr; not owned
  int stderr_fd = 2;
  // The time from the signal that ends the child to the SIGKILL for its whole group; zero: never.
  std::chrono::milliseconds kill_after = std::chrono::milliseconds(0);
  // The same after End(), which nobody else follows with a SIGKILL; not zero.
  std::chrono::milliseconds end_kill_after = std::chrono::seconds(30);
  // The same after a second SIGTERM or SIGINT.
  std::chrono::milliseconds hurried_kill_after = std::chrono::seconds(2);
  // `ray start --block` answers SIGTERM with exit code 1. With this set, a child that ends because of the
  // TERM or INT that was passed on (with 0, 1, 128 + that signal, or by that signal) counts as a success:
  // code 0.
  bool ended_by_request_is_success = false;
};

// How the child ended: with a code, or by a signal.
struct ChildEnd {
  int code = 0;            // the exit code, if signal is 0
  int signal = 0;          // the signal of which it died, or 0
  bool requested = false;  // it ended as requested (see ended_by_request_is_success)
  bool killed = false;     // our SIGKILL ended it

  // The agent's exit code.
  int exit_code() const { return requested ? 0 : signal != 0 ? 128 + signal : code; }
  bool operator==(const ChildEnd&) const = default;
};

// Whether `signal`, sent to us, is passed on to the child's group. These are not: SIGCHLD, faults of our own
// (SEGV and its like), PIPE, XCPU and XFSZ (ours: a closed stdout, our own limits), TTIN and TTOU (ours: the
// terminal belongs to the child), and those that no process can catch.
bool IsForwarded(int signal);

// Starts and ends one child. The child runs in its own process group, in the foreground of the terminal if
// there is one, with the signal mask and dispositions with which this process was started. If this process is
// not PID 1, it becomes a subreaper, so that orphans come to it all the same.
//
// On SIGTERM and SIGINT the terminate hook (a drain) runs first, if there is one, and its `proceed` sends the
// signal to the group. A second one proceeds at once and shortens the time to SIGKILL; a third one kills.
// Every other forwarded signal goes to the group at once. Signals before Start() are kept for the child.
class Supervisor {
 public:
  // Called on the first SIGTERM or SIGINT. It must call `proceed` at some time, on the loop's thread; another
  // call, or one after the child's end, does nothing.
  using TerminateHook = std::function<void(std::function<void()> proceed)>;
  using EndHook = std::function<void(const ChildEnd&)>;

  // `loop` must outlive this. Sets the loop's OnSignal().
  Supervisor(EventLoop* loop, SupervisorOptions options);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void SetTerminateHook(TerminateHook hook) { terminate_hook_ = std::move(hook); }
  // Called once, when the child itself (not a descendant) has ended and all that had ended with it is reaped.
  void SetEndHook(EndHook hook) { end_hook_ = std::move(hook); }

  // Starts the child; blocks until its exec() has succeeded or failed. Fails with kNotFound, kUsage (it
  // cannot be executed), or kUnavailable and others; ExitCodeFor() has the exit code for each.
  shared::Status Start();

  // Ends the child as if a SIGTERM had come, but without the terminate hook: for a watchdog. The child's end
  // then does not count as requested. It comes in any case: by a SIGKILL after kill_after or, if that is
  // zero, after end_kill_after.
  void End();

  pid_t pid() const { return pid_; }  // 0 before Start(), kept after the end
  bool running() const { return pid_ != 0 && !ended_; }

 private:
  enum class Phase { kRunning, kTerminating, kEnding };

  void OnSignal(const signalfd_siginfo& info);
  void OnTerminate(int signal);
  void Proceed();
  void SendToGroup(int signal);
  void KillAfter(std::chrono::milliseconds delay);
  void Reap();
  void OnChildStatus(int status);
  void OnChildStopped();

  EventLoop* loop_;
  SupervisorOptions options_;
  TerminateHook terminate_hook_;
  EndHook end_hook_;
  Phase phase_ = Phase::kRunning;
  pid_t pid_ = 0;
  bool ended_ = false;
  bool owns_terminal_ = false;
  int terminate_signal_ = 0;
  int terminate_count_ = 0;
  bool end_was_sent_ = false;
  bool killed_ = false;
  std::vector<int> early_signals_;
  EventLoop::TimerId kill_timer_ = 0;
};

// The agent's exit code for a failed Start(): kNotFound is 127, kUsage 126, anything else 68.
int ExitCodeFor(const shared::Error& start_error);

// To call after the child's end: sends SIGKILL to what is left of its group and, as PID 1, to every process
// of the container. Blocks until everything is reaped or `limit` has passed. The loop must still exist,
// because SIGCHLD has to stay blocked.
void KillLeftovers(pid_t group, std::chrono::milliseconds limit);

}  // namespace ray_init_agent
