// What PID 1 owes its child and its container: start it without a shell, pass signals on, reap whatever is
// orphaned, and end with the child's own exit code.
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
  std::vector<std::string> argv;         // argv[0] is looked up in PATH unless it has a slash; not empty
  std::vector<std::string> environment;  // "NAME=value", all of it
  int stdout_fd = 1;                     // what the child gets as its stdout and stderr; not owned
  int stderr_fd = 2;
  // From the signal that ends the child to the SIGKILL for its whole group; zero: never.
  std::chrono::milliseconds kill_after = std::chrono::milliseconds(0);
  // The same after End(), which nobody else follows with a SIGKILL: not zero.
  std::chrono::milliseconds end_kill_after = std::chrono::seconds(30);
  // The same after a second SIGTERM or SIGINT.
  std::chrono::milliseconds hurried_kill_after = std::chrono::seconds(2);
  // `ray start --block` answers SIGTERM with exit code 1. With this, a child that ends of the TERM or INT we
  // passed on (with 0, 1, 128 + that signal, or by that signal) counts as a success: code 0.
  bool ended_by_request_is_success = false;
};

// How the child ended. One of the two is set.
struct ChildEnd {
  int code = 0;            // exit code, where signal is 0
  int signal = 0;          // the signal it died of, or 0
  bool requested = false;  // it ended because we were told to end it (see ended_by_request_is_success)
  bool killed = false;     // our SIGKILL was needed

  // What the agent exits with.
  int exit_code() const { return requested ? 0 : signal != 0 ? 128 + signal : code; }
  bool operator==(const ChildEnd&) const = default;
};

// Whether `signal`, sent to us, is passed on to the child's group. Not: SIGCHLD, faults of our own (SEGV and
// its like), PIPE, XCPU and XFSZ (ours: a closed stdout, our own limits), TTIN and TTOU (ours: the terminal
// belongs to the child), and what no process can catch.
bool IsForwarded(int signal);

// The child runs in its own process group, in the foreground of the terminal where there is one, with the
// signal mask and dispositions this process was started with. Where this process is not PID 1 it becomes a
// subreaper, so that orphans land here all the same.
//
// SIGTERM and SIGINT: the terminate hook (a drain) runs first if there is one, and its `proceed` sends the
// signal to the group; a second one proceeds at once and shortens the time to SIGKILL; a third kills. Every
// other forwarded signal goes to the group at once. Signals before Start() are kept for the child.
class Supervisor {
 public:
  // Called on the first SIGTERM or SIGINT; must call `proceed` sometime, on the loop's thread (calling it
  // more often, or after the child has ended, does nothing).
  using TerminateHook = std::function<void(std::function<void()> proceed)>;
  using EndHook = std::function<void(const ChildEnd&)>;

  // `loop` must outlive this. Takes the loop's OnSignal().
  Supervisor(EventLoop* loop, SupervisorOptions options);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void SetTerminateHook(TerminateHook hook) { terminate_hook_ = std::move(hook); }
  // Called once, when the child itself (not a descendant) has ended and what was ready to be reaped is.
  void SetEndHook(EndHook hook) { end_hook_ = std::move(hook); }

  // A failure's exit code for ExitFor(): kNotFound (127), kUsage (cannot be executed: 126), anything else 68.
  shared::Status Start();

  // As if a SIGTERM had come, without the terminate hook: for a watchdog. The child's end then does not count
  // as requested; it comes in any case, by a SIGKILL after kill_after or, where that is zero, end_kill_after.
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

// The agent's exit code for a failed Start().
int ExitCodeFor(const shared::Error& start_error);

// After the child's end: SIGKILL to what is left of its group, and, as PID 1, to every process of the
// container; reaps until nothing is left or `limit` has passed. The loop must still be there: SIGCHLD stays
// blocked.
void KillLeftovers(pid_t group, std::chrono::milliseconds limit);

}  // namespace ray_init_agent
