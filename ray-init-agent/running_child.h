// The life of a child from its start to the container's end: supervisor, logs, health and termination message
// together.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ray-init-agent/command.h"
#include "ray-init-agent/counters.h"
#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_quota.h"
#include "ray-init-agent/log_tailer.h"
#include "ray-init-agent/supervisor.h"
#include "shared/result.h"

namespace ray_init_agent {

struct ChildOptions {
  SupervisorOptions supervisor;
  std::string name;  // what the messages about its end call it; empty: its argv[0] in quotes
  std::optional<LogTailerOptions> logs;  // nothing: log files are not copied
  // With logs: the child's own stdout and stderr come out as lines of this component, so that a reader of our
  // stdout who stops does not stop the child. Empty: the child inherits our streams.
  std::string output_component;
  // The file that says how the child ended, unless it ended well; empty: none.
  std::string termination_message_path;
  std::string logs_dir;  // where that message finds Ray's own last lines; may be empty
  // The limits for old files in logs_dir, with logs or without.
  LogQuota quota = {};
  std::chrono::milliseconds quota_interval = std::chrono::seconds(60);
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// The options from the flags that `run` and `start` share. The caller sets the child's argv, and logs_dir if
// --logs-dir is not given; without a logs_dir nothing is copied.
ChildOptions MakeChildOptions(const CommandContext& context);

// The running child, as a drain, a watchdog or a server sees it. For the loop's thread only.
class RunningChild {
 public:
  virtual ~RunningChild() = default;
  virtual EventLoop* loop() = 0;
  virtual Supervisor* supervisor() = 0;
  // From here on the log files are in `logs_dir`, and not in that of the options: they are followed there and
  // kept within their quota, and Ray's own last lines are read there.
  virtual void SetLogsDir(const std::string& logs_dir) = 0;
  // Writes a line for the reader of the container's log; `level` is "INFO", "WARNING" or "ERROR".
  virtual void Say(std::string_view level, std::string_view message) = 0;
  // Ends the child (Supervisor::End()), and then this process with `failure`'s exit code and message. The
  // first failure counts.
  virtual void EndWith(Failure failure) = 0;
  // `task` runs once the child has ended, while the loop still exists: the place to stop threads that post to
  // it.
  virtual void OnEnd(std::function<void()> task) = 0;
};

// Called once the child runs. What it adds to the loop must live until RunChild() returns.
using StartedHook = std::function<void(RunningChild*)>;

// Starts the child and blocks until it has ended and everything is written. Returns the child's own exit code
// (see ChildEnd), or a Failure if the child could not be started or EndWith() was called. `on_started` may be
// empty.
shared::Result<int, Failure> RunChild(ChildOptions options, const StartedHook& on_started);

}  // namespace ray_init_agent
