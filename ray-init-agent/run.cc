#include "ray-init-agent/run.h"

#include <utility>

#include "ray-init-agent/note.h"

namespace ray_init_agent {
namespace {

constexpr std::chrono::milliseconds kLeftoversLimit = std::chrono::seconds(1);

class RunningChild final : public RunContext {
 public:
  RunningChild(std::unique_ptr<EventLoop> loop, RunOptions options)
      : loop_(std::move(loop)), supervisor_(loop_.get(), std::move(options.child)) {}

  EventLoop* loop() override { return loop_.get(); }
  Supervisor* supervisor() override { return &supervisor_; }
  void Say(std::string_view, std::string_view message) override { Note(message); }
  void EndWith(Failure failure) override {
    if (!failure_) failure_ = std::move(failure);
    supervisor_.End();
  }

  shared::Result<int, Failure> Run(const RunHook& on_started) {
    supervisor_.SetEndHook([this](const ChildEnd& end) {
      end_ = end;
      loop_->Stop();
    });
    if (shared::Status started = supervisor_.Start(); !started)
      return FailWith(ExitCodeFor(started.error()), started.error());
    if (on_started) on_started(this);
    loop_->Run();
    KillLeftovers(supervisor_.pid(), kLeftoversLimit);
    if (failure_) return shared::Unexpected<Failure>(*std::move(failure_));
    return end_.exit_code();
  }

 private:
  std::unique_ptr<EventLoop> loop_;
  Supervisor supervisor_;
  ChildEnd end_;
  std::optional<Failure> failure_;
};

}  // namespace

shared::Result<int, Failure> Run(RunOptions options, const RunHook& on_started) {
  auto loop = EventLoop::Create();
  if (!loop) return FailWith(kExitInternal, std::move(loop).error());
  return RunningChild(*std::move(loop), std::move(options)).Run(on_started);
}

shared::Result<int, Failure> RunCommand(const CommandContext& context) {
  RunOptions options;
  options.child.argv = context.options.arguments;
  options.child.environment = CurrentEnvironment();
  return Run(std::move(options), nullptr);
}

}  // namespace ray_init_agent
