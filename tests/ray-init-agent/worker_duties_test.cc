#include "ray-init-agent/worker_duties.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/loopback.h"

using namespace ray_init_agent;

namespace {

bool TermIsPending() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1;
}

// A child that is never started: what it is asked to do is noted. The watchdog's thread, which asks for the
// loop to post to it, gets it only once a pending SIGTERM was taken.
class NotedChild final : public RunningChild {
 public:
  NotedChild()
      : loop_(*EventLoop::Create()), supervisor_(loop_.get(), {.argv = {"true"}, .environment = {}}) {}

  EventLoop* loop() override {
    if (std::this_thread::get_id() == own_thread_) return loop_.get();
    about_to_post_.set_value();
    while (TermIsPending()) std::this_thread::yield();
    return loop_.get();
  }
  Supervisor* supervisor() override { return &supervisor_; }
  void SetLogsDir(const std::string&) override {}
  void Say(std::string_view, std::string_view message) override { said_.emplace_back(message); }
  void EndWith(Failure failure) override {
    failures_.push_back(failure.exit_code);
    loop_->Stop();
  }
  void OnEnd(std::function<void()>) override {}  // the duties end before this

  // Until EndWith(), for half a minute at most.
  void Run() {
    loop_->AddTimer(std::chrono::seconds(30), [this] { loop_->Stop(); });
    loop_->Run();
  }
  // The same once the watchdog is about to post, and until what it has posted has run. The TERM is taken
  // first, and its terminate hook waits for the watchdog's thread.
  void RunAfterTerm() {
    REQUIRE(about_to_post_.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    loop_->AddTimer(std::chrono::milliseconds(0), [this] { loop_->Post([this] { loop_->Stop(); }); });
    Run();
    CHECK_FALSE(TermIsPending());
  }

  const std::vector<int>& failures() const { return failures_; }
  const std::vector<std::string>& said() const { return said_; }

 private:
  const std::thread::id own_thread_ = std::this_thread::get_id();
  std::unique_ptr<EventLoop> loop_;
  Supervisor supervisor_;
  std::promise<void> about_to_post_;
  std::vector<int> failures_;
  std::vector<std::string> said_;
};

// Of a worker whose GCS is away and which does not drain.
CommandContext Context() {
  CommandContext context;
  context.environment = [](const std::string&) { return std::optional<std::string>(); };
  context.options.Set("drain", "false");
  context.options.Set("watchdog", "true");
  context.options.Set("gcs-silence", "1ms");
  context.options.Set("grace-period", "30s");
  context.options.Set("pod-ip", "127.0.0.1");
  return context;
}

Plan PlanWithoutGcs() {
  Plan plan;
  plan.gcs = {"127.0.0.1", LoopbackListener().port()};  // where nobody listens any more
  return plan;
}

}  // namespace

TEST_CASE("the watchdog's failure ends the child") {
  NotedChild child;
  WorkerDuties duties(Context(), PlanWithoutGcs(), std::make_shared<Counters>());
  duties.Begin(&child);
  child.Run();
  CHECK(child.failures() == std::vector<int>{kExitGcsLost});
  CHECK(child.said().size() == 1);
}

// The head goes with its workers when a cluster is deleted: the GCS is silent just as the TERM comes, and a
// drain, or an end that was asked for, must not become a failure by what the watchdog posted at that moment.
TEST_CASE("a failure that the watchdog posts as the TERM comes is dropped") {
  NotedChild child;
  REQUIRE(kill(getpid(), SIGTERM) ==
          0);  // blocked until the loop takes it, which is before it runs what is posted
  WorkerDuties duties(Context(), PlanWithoutGcs(), std::make_shared<Counters>());
  duties.Begin(&child);
  child.RunAfterTerm();
  CHECK(child.failures().empty());
  CHECK(child.said().empty());
}
