// The life of a child from its start to the container's end: supervisor, logs, health and last words in one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "ray-init-agent/command.h"
#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_quota.h"
#include "ray-init-agent/log_tailer.h"
#include "ray-init-agent/supervisor.h"
#include "shared/result.h"

namespace ray_init_agent {

struct RunOptions {
  SupervisorOptions child;
  std::optional<LogTailerOptions> logs;  // none: log files stay where they are
  // With logs: the child's own stdout and stderr come out as lines of this component, so that a reader of
  // ours who stops does not stop the child. Empty: the child keeps our streams.
  std::string output_component;
  std::string termination_message_path;  // told how the child ended unless that was well; empty: nobody is
  std::string logs_dir;                  // where that message finds Ray's own last words; may be empty
  // For the old files in logs_dir, with logs or without.
  LogQuota quota = {};
  std::chrono::milliseconds quota_interval = std::chrono::seconds(60);
};

// What the flags of `run` and `start` in common say; the child's argv, and logs_dir where --logs-dir is not
// given, are the caller's. Without a logs_dir nothing is copied.
RunOptions MakeRunOptions(const CommandContext& context);

// What runs, for those who hang on it (a drain, a watchdog). On the loop's thread only.
class RunContext {
 public:
  virtual ~RunContext() = default;
  virtual EventLoop* loop() = 0;
  virtual Supervisor* supervisor() = 0;
  // The log files are in `logs_dir`, and not in that of the options: they are followed there and kept within
  // their quota, and Ray's own last words are looked for there.
  virtual void SetLogsDir(const std::string& logs_dir) = 0;
  // Tells the reader of the container's log; `level`: "INFO", "WARNING", "ERROR".
  virtual void Say(std::string_view level, std::string_view message) = 0;
  // Ends the child (Supervisor::End()), and then this process with `failure`'s exit code and message.
  virtual void EndWith(Failure failure) = 0;
  // `task` runs once the child has ended, while the loop is still there: the place to stop threads that post
  // to it.
  virtual void OnEnd(std::function<void()> task) = 0;
};

// Called once the child runs. What it hangs on the loop must live until Run() returns: it may be owned by the
// callback's own captures.
using RunHook = std::function<void(RunContext*)>;

// Starts the child and blocks until it has ended and all is said. The exit code: the child's own (see
// ChildEnd), or a Failure's where it could not be started or EndWith() was called.
shared::Result<int, Failure> Run(RunOptions options, const RunHook& on_started);

}  // namespace ray_init_agent
