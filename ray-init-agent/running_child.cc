#include "ray-init-agent/running_child.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ray-init-agent/log_sweeper.h"
#include "ray-init-agent/note.h"
#include "ray-init-agent/termination_message.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::chrono::milliseconds kLeftoversLimit = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kLastLinesLimit = std::chrono::seconds(5);

std::string HowItEnded(const ChildEnd& end) {
  if (end.signal == 0) return "ended with exit code " + std::to_string(end.code);
  return "died of signal " + std::to_string(end.signal) + " (" + strsignal(end.signal) + ")" +
         (end.killed ? ", sent because it did not end when it was asked to" : "");
}

class ChildLife final : public RunningChild {
 public:
  ChildLife(std::unique_ptr<EventLoop> loop, ChildOptions options)
      : loop_(std::move(loop)), options_(std::move(options)) {}

  EventLoop* loop() override { return loop_.get(); }
  Supervisor* supervisor() override { return &*supervisor_; }
  void Say(std::string_view level, std::string_view message) override {
    if (tailer_) return tailer_->Say(level, message);
    Note(message);
  }
  void SetLogsDir(const std::string& logs_dir) override {
    if (options_.logs_dir == logs_dir) return;
    options_.logs_dir = logs_dir;
    if (tailer_) tailer_->SetLogsDir(logs_dir);
    if (sweeper_) sweeper_->SetLogsDir(logs_dir);
  }
  void EndWith(Failure failure) override {
    if (!failure_) failure_ = std::move(failure);
    supervisor_->End();
  }
  void OnEnd(std::function<void()> task) override { at_end_.push_back(std::move(task)); }

  shared::Result<int, Failure> Run(const StartedHook& on_started) {
    oom_kills_before_ = ReadCgroupMemory(cgroups_).oom_kills;
    if (options_.logs) options_.logs->counters = options_.counters;
    if (options_.logs) tailer_.emplace(loop_.get(), *options_.logs).Start();
    const bool sweeps = options_.quota.is_set() && options_.quota_interval.count() > 0;
    if (sweeps && !options_.logs_dir.empty()) StartSweeper();
    if (shared::Status started = StartChild(); !started)
      return FailWith(ExitCodeFor(started.error()), started.error());
    if (on_started) on_started(this);
    loop_->Run();
    for (const auto& task : at_end_) task();
    KillLeftovers(supervisor_->pid(), kLeftoversLimit);
    if (!failure_ && end_.exit_code() != 0) LeaveMessage();
    if (tailer_) tailer_->Finish(shared::Deadline::After(kLastLinesLimit));
    if (failure_) return shared::Unexpected<Failure>(*std::move(failure_));
    return end_.exit_code();
  }

 private:
  void StartSweeper() {
    LogSweeperOptions sweeper;
    sweeper.logs_dir = options_.logs_dir;
    sweeper.quota = options_.quota;
    sweeper.interval = options_.quota_interval;
    sweeper.counters = options_.counters;
    if (tailer_)
      sweeper.is_done = [this](const std::string& path, std::uint64_t bytes) {
        return tailer_->IsDone(path, bytes);
      };
    sweeper.say = [this](std::string_view level, std::string_view message) { Say(level, message); };
    sweeper_.emplace(loop_.get(), std::move(sweeper));
  }

  shared::Status StartChild() {
    int output[2] = {-1, -1};
    const bool captures = tailer_ && !options_.output_component.empty();
    if (captures) {
      if (pipe2(output, O_CLOEXEC) != 0)
        return shared::Fail(shared::ErrorCode::kUnavailable,
                            "cannot create a pipe: " + shared::ErrnoText(errno));
      fcntl(output[0], F_SETFL, O_NONBLOCK);  // our end only
      options_.supervisor.stdout_fd = options_.supervisor.stderr_fd = output[1];
      TRY(tailer_->AddPipe(output[0], options_.output_component));
    }
    supervisor_.emplace(loop_.get(), options_.supervisor);
    supervisor_->SetEndHook([this](const ChildEnd& end) {
      end_ = end;
      loop_->Stop();
    });
    const shared::Status started = supervisor_->Start();
    if (captures) close(output[1]);
    return started;
  }

  // Comes before the last log lines, which may have to wait for their reader: the kubelet does not wait.
  void LeaveMessage() {
    if (options_.termination_message_path.empty()) return;
    Termination termination;
    const std::string name =
        options_.name.empty() ? "\"" + options_.supervisor.argv[0] + "\"" : options_.name;
    termination.summary = name + " " + HowItEnded(end_);
    termination.memory = ReadCgroupMemory(cgroups_);
    termination.memory.oom_kills -= std::min(termination.memory.oom_kills, oom_kills_before_);
    const auto output = tailer_ ? tailer_->LastPipeLines() : std::vector<std::string>();
    ReadFatalLogs(options_.logs_dir, output, &termination);
    // Best effort: outside of a pod there is no such file.
    (void)WriteTerminationMessage(options_.termination_message_path, FormatTerminationMessage(termination));
  }

  std::unique_ptr<EventLoop> loop_;
  ChildOptions options_;
  const Cgroups cgroups_ = FindCgroups();
  std::uint64_t oom_kills_before_ = 0;
  std::optional<LogTailer> tailer_;
  std::optional<LogSweeper> sweeper_;
  std::optional<Supervisor> supervisor_;
  std::vector<std::function<void()>> at_end_;
  ChildEnd end_;
  std::optional<Failure> failure_;
};

}  // namespace

shared::Result<int, Failure> RunChild(ChildOptions options, const StartedHook& on_started) {
  auto loop = EventLoop::Create();
  if (!loop) return FailWith(kExitInternal, std::move(loop).error());
  return ChildLife(*std::move(loop), std::move(options)).Run(on_started);
}

ChildOptions MakeChildOptions(const CommandContext& context) {
  const Options& options = context.options;
  ChildOptions child;
  child.supervisor.environment = CurrentEnvironment();
  child.supervisor.kill_after = options.Duration("kill-after");
  child.supervisor.hurried_kill_after = options.Duration("hurried-kill-after");
  child.termination_message_path = options.Text("termination-message-path");
  child.logs_dir = options.Text("logs-dir");
  child.quota.bytes = options.Bytes("logs-quota");
  child.quota.age = std::chrono::duration_cast<std::chrono::seconds>(options.Duration("logs-max-age"));
  child.quota_interval = options.Duration("logs-quota-interval");
  if (options.Text("logs") == "off") return child;
  LogTailerOptions& logs = child.logs.emplace();
  logs.logs_dir = child.logs_dir;
  logs.format = options.Text("logs") == "json" ? LogFormat::kJson : LogFormat::kText;
  logs.include = options.List("logs-include");
  logs.exclude = options.List("logs-exclude");
  const auto variable = [&](const char* name) { return context.environment(name).value_or(""); };
  logs.labels.node = variable("NODE_NAME");
  logs.labels.pod = variable("RAY_CLOUD_INSTANCE_ID");
  if (logs.labels.pod.empty()) logs.labels.pod = variable("HOSTNAME");
  logs.labels.cluster = variable("RAY_CLUSTER_NAME");
  return child;
}

}  // namespace ray_init_agent
