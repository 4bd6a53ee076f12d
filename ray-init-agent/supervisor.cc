#include "ray-init-agent/supervisor.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <string_view>
#include <utility>

#include "ray-init-agent/exit_codes.h"
#include "shared/deadline.h"
#include "shared/split.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

std::vector<char*> PointersTo(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings->size() + 1);
  for (std::string& s : *strings) pointers.push_back(s.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Whether this process is in the terminal's foreground group, which the child takes over.
bool OwnsTerminal() { return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp(); }

// Returns the paths at which the command may be, in order. execvp() looks there too, but gives a file that is
// no program to a shell.
std::vector<std::string> Candidates(const SupervisorOptions& options) {
  const std::string& command = options.argv[0];
  if (command.empty() || command.find('/') != std::string::npos) return {command};
  std::string_view path = "/usr/bin:/bin";
  for (std::string_view variable : options.environment)
    if (variable.starts_with("PATH=")) path = variable.substr(5);
  std::vector<std::string> candidates;
  for (std::string_view folder : shared::Split(path, ':'))
    candidates.push_back(std::string(folder.empty() ? "." : folder) + "/" + command);
  return candidates;
}

// Returns only if none of them can be executed, with the errno that explains the most.
int Execute(char* const* candidates, char* const* argv, char* const* environment) {
  int error = ENOENT;
  for (; *candidates != nullptr; ++candidates) {
    execve(*candidates, argv, environment);
    if (error != EACCES) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return errno;
  }
  return error;
}

// Everything that the child needs between fork() and exec(), where only async-signal-safe calls are allowed:
// made before fork().
class ChildProcess {
 public:
  // `options` must outlive this.
  ChildProcess(SupervisorOptions* options, const sigset_t& mask)
      : options_(*options),
        mask_(mask),
        paths_(Candidates(*options)),
        candidates_(PointersTo(&paths_)),
        argv_(PointersTo(&options->argv)),
        environment_(PointersTo(&options->environment)) {}

  bool owns_terminal() const { return owns_terminal_; }

  // To call in the child: becomes the command, or writes the errno of its exec() to `error_fd` and ends.
  [[noreturn]] void Become(int error_fd) const {
    setpgid(0, 0);
    if (owns_terminal_) tcsetpgrp(STDIN_FILENO, getpid());  // every signal is blocked here, TTOU included
    if (options_.stdout_fd != STDOUT_FILENO) dup2(options_.stdout_fd, STDOUT_FILENO);
    if (options_.stderr_fd != STDERR_FILENO) dup2(options_.stderr_fd, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);  // ignored by shared::Interrupt; handlers are reset by exec() itself
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
    const int error = Execute(candidates_.data(), argv_.data(), environment_.data());
    [[maybe_unused]] ssize_t ignored = write(error_fd, &error, sizeof error);
    _exit(kExitInternal);
  }

 private:
  const SupervisorOptions& options_;
  const sigset_t mask_;
  const bool owns_terminal_ = OwnsTerminal();
  std::vector<std::string> paths_;
  const std::vector<char*> candidates_, argv_, environment_;
};

shared::Unexpected<shared::Error> StartFailure(const std::string& command, int error) {
  const std::string message = "cannot start \"" + command + "\": " + shared::ErrnoText(error);
  if (error == ENOENT || error == ENOTDIR)
    return shared::Fail(shared::ErrorCode::kNotFound, message, "Is it in the image, and on PATH?");
  if (error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE)
    return shared::Fail(shared::ErrorCode::kUnavailable, message,
                        "The container's limit on processes, memory or open files is reached.");
  return shared::Fail(shared::ErrorCode::kUsage, message, "Is it a program for this machine, with mode +x?");
}

}  // namespace

bool IsForwarded(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGTRAP:
    case SIGSYS:
    case SIGABRT:
    case SIGPIPE:
    case SIGXCPU:
    case SIGXFSZ:
    case SIGTTIN:
    case SIGTTOU:
    case SIGKILL:
    case SIGSTOP:
      return false;
    default:
      return signal > 0 && signal <= SIGRTMAX;
  }
}

int ExitCodeFor(const shared::Error& start_error) {
  if (start_error.code == shared::ErrorCode::kNotFound) return kExitNotFound;
  return start_error.code == shared::ErrorCode::kUsage ? kExitNotExecutable : kExitSpawn;
}

Supervisor::Supervisor(EventLoop* loop, SupervisorOptions options)
    : loop_(loop), options_(std::move(options)) {
  loop_->OnSignal([this](const signalfd_siginfo& info) { OnSignal(info); });
}

Supervisor::~Supervisor() {
  loop_->OnSignal(nullptr);
  loop_->CancelTimer(kill_timer_);
}

shared::Status Supervisor::Start() {
  // Orphans of the child go to PID 1; if that is another process, ask for them.
  if (getpid() != 1) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  int error_pipe[2];
  if (pipe2(error_pipe, O_CLOEXEC) != 0) return StartFailure(options_.argv[0], errno);
  const ChildProcess child(&options_, loop_->original_signal_mask());
  owns_terminal_ = child.owns_terminal();
  const pid_t pid = fork();
  const int fork_error = errno;
  if (pid == 0) child.Become(error_pipe[1]);
  close(error_pipe[1]);
  int error = pid < 0 ? fork_error : 0;
  if (pid > 0) {
    ssize_t size;
    do size = read(error_pipe[0], &error, sizeof error);  // ends with exec(), or with its errno
    while (size < 0 && errno == EINTR);
  }
  close(error_pipe[0]);
  if (error != 0) {
    if (pid > 0) waitpid(pid, nullptr, 0);
    return StartFailure(options_.argv[0], error);
  }
  pid_ = pid;
  for (int signal : std::exchange(early_signals_, {})) SendToGroup(signal);
  return shared::Ok();
}

void Supervisor::OnSignal(const signalfd_siginfo& info) {
  const int signal = static_cast<int>(info.ssi_signo);
  if (signal == SIGCHLD) return Reap();
  if (!IsForwarded(signal)) return;
  if (signal == SIGTERM || signal == SIGINT) return OnTerminate(signal);
  SendToGroup(signal);
}

void Supervisor::OnTerminate(int signal) {
  terminate_signal_ = signal;
  ++terminate_count_;
  if (terminate_count_ >= 3) {
    killed_ = true;
    return SendToGroup(SIGKILL);
  }
  if (terminate_count_ == 2) {
    const bool was_sent = phase_ == Phase::kEnding;
    Proceed();
    if (was_sent) SendToGroup(signal);  // again, because the sender asked again
    return KillAfter(options_.hurried_kill_after);
  }
  if (phase_ != Phase::kRunning) return;
  phase_ = Phase::kTerminating;
  if (!terminate_hook_) return Proceed();
  terminate_hook_([this] { Proceed(); });
}

void Supervisor::Proceed() {
  if (phase_ == Phase::kEnding || ended_) return;
  phase_ = Phase::kEnding;
  SendToGroup(terminate_signal_);
  if (options_.kill_after.count() > 0) KillAfter(options_.kill_after);
}

void Supervisor::End() {
  if (phase_ == Phase::kEnding || ended_) return;
  end_was_sent_ = true;
  terminate_signal_ = SIGTERM;
  Proceed();
  if (options_.kill_after.count() == 0) KillAfter(options_.end_kill_after);
}

void Supervisor::SendToGroup(int signal) {
  if (pid_ == 0) {
    early_signals_.push_back(signal);
  } else if (!ended_) {
    kill(-pid_, signal);
    // A stopped process acts on nothing but KILL until it continues.
    if (signal == SIGTERM || signal == SIGINT) kill(-pid_, SIGCONT);
  }
}

void Supervisor::KillAfter(std::chrono::milliseconds delay) {
  loop_->CancelTimer(kill_timer_);
  kill_timer_ = loop_->AddTimer(delay, [this] {
    killed_ = true;
    SendToGroup(SIGKILL);
  });
}

void Supervisor::Reap() {
  int own_status = -1;
  bool own_ended = false;
  while (true) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
    if (pid == 0 || (pid < 0 && errno != EINTR)) break;
    if (pid != pid_ || ended_) continue;
    if (WIFSTOPPED(status)) {
      OnChildStopped();
    } else {
      own_status = status;
      own_ended = true;
    }
  }
  if (own_ended) OnChildStatus(own_status);
}

void Supervisor::OnChildStatus(int status) {
  ended_ = true;
  loop_->CancelTimer(kill_timer_);
  if (owns_terminal_) tcsetpgrp(STDIN_FILENO, getpgrp());
  ChildEnd end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  end.killed = killed_ && end.signal == SIGKILL;
  // A drained Ray may end before it is asked to.
  const bool asked = terminate_count_ > 0 && !end_was_sent_;
  const bool as_asked =
      end.signal == terminate_signal_ ||
      (end.signal == 0 && (end.code == 0 || end.code == 1 || end.code == 128 + terminate_signal_));
  end.requested = options_.ended_by_request_is_success && asked && as_asked;
  if (end_hook_) end_hook_(end);
}

// For Ctrl-Z in a terminal: the process that started us (a shell) has to see us stop, or it waits for ever.
// PID 1 cannot stop, and nobody waits for it.
void Supervisor::OnChildStopped() {
  if (!owns_terminal_ || getpid() == 1) return;
  tcsetpgrp(STDIN_FILENO, getpgrp());
  kill(getpid(), SIGSTOP);
  tcsetpgrp(STDIN_FILENO, pid_);
  kill(-pid_, SIGCONT);
}

void KillLeftovers(pid_t group, std::chrono::milliseconds limit) {
  const shared::Deadline deadline = shared::Deadline::After(limit);
  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  if (group > 0) kill(-group, SIGKILL);
  if (getpid() == 1) kill(-1, SIGKILL);
  while (true) {
    const pid_t pid = waitpid(-1, nullptr, WNOHANG);
    if (pid < 0 && errno != EINTR) return;  // no child is left
    if (pid != 0) continue;
    const auto left = deadline.Remaining();
    if (left.count() == 0) return;
    const timespec wait = {left.count() / 1000, left.count() % 1000 * 1'000'000};
    sigtimedwait(&child_ended, nullptr, &wait);
  }
}

}  // namespace ray_init_agent
