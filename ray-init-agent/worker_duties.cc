#include "ray-init-agent/worker_duties.h"

#include <algorithm>

#include "ray-init-agent/own_certificate.h"

namespace ray_init_agent {
namespace {

// The part of the grace period that is left for Ray and the last log lines after a drain.
constexpr std::chrono::milliseconds kReserve = std::chrono::seconds(10);

}  // namespace

WorkerDuties::WorkerDuties(const CommandContext& context, const Plan& plan,
                           const std::shared_ptr<Counters>& counters)
    : gcs_(plan.gcs),
      credentials_(GcsCredentials::FromEnvironment(context.environment)),
      wants_drain_(context.options.Bool("drain")),
      wants_watchdog_(context.options.Bool("watchdog")) {
  drain_.instance_id = context.environment("RAY_CLOUD_INSTANCE_ID").value_or("");
  drain_.address = plan.RayOption("node-ip-address", context.options.Text("pod-ip"));
  if (drain_.address.empty()) drain_.address = OwnAddress();
  drain_.timeout =
      std::max(std::chrono::milliseconds(0), context.options.Duration("grace-period") - kReserve);
  watchdog_.silence = context.options.Duration("gcs-silence");
  watchdog_.interval = WatchdogInterval(watchdog_.silence);
  drain_.counters = watchdog_.counters = counters;
}

void WorkerDuties::Begin(RunningChild* running) {
  running_ = running;
  running->OnEnd([this] {
    thread_.Stop();
    if (draining_) running_->Say("INFO", "drain: ray has ended by itself");
  });
  if (wants_watchdog_ && watchdog_.silence.count() > 0) BeginWatchdog();
  running->supervisor()->SetTerminateHook([this](const std::function<void()>& proceed) {
    asked_to_end_ = true;  // which is no failure, whatever the watchdog has posted meanwhile
    thread_.Stop();
    if (wants_drain_ && drain_.timeout.count() > 0) return BeginDrain(proceed);
    proceed();
  });
}

GcsClient* WorkerDuties::Client(const shared::Interrupt& interrupt) {
  if (!client_) client_.emplace(gcs_, credentials_, &interrupt);
  return &*client_;
}

void WorkerDuties::BeginWatchdog() {
  const bool started = thread_.Start([this](const shared::Interrupt& interrupt) {
    if (auto failure = Watch(Client(interrupt), watchdog_, interrupt))
      running_->loop()->Post([this, failure = *std::move(failure)] {
        if (asked_to_end_) return;
        running_->Say("ERROR", failure.error.message);
        running_->EndWith(failure);
      });
  });
  if (!started) running_->Say("WARNING", "cannot start a thread for the watchdog; continuing without it");
}

void WorkerDuties::BeginDrain(const std::function<void()>& proceed) {
  draining_ = true;
  const auto finish = [this, proceed](const std::string& message) {
    draining_ = false;
    running_->Say("INFO", "drain: " + message + "; ending ray");
    proceed();
  };
  const bool started = thread_.Start([this, finish](const shared::Interrupt& interrupt) {
    const auto say = [this](std::string_view message) {
      running_->loop()->Post([this, text = std::string(message)] { running_->Say("INFO", text); });
    };
    const DrainOutcome outcome = Drain(Client(interrupt), drain_, interrupt, say);
    running_->loop()->Post([finish, message = outcome.message] { finish(message); });
  });
  if (!started) finish("cannot start a thread for it");
}

}  // namespace ray_init_agent
