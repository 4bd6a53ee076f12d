// What a worker does for its cluster beside running: a drain before its end, and an end if it is of no use.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "ray-init-agent/counters.h"
#include "ray-init-agent/drain.h"
#include "ray-init-agent/plan.h"
#include "ray-init-agent/running_child.h"
#include "ray-init-agent/stoppable_thread.h"
#include "ray-init-agent/watchdog.h"

namespace ray_init_agent {

// Must outlive the RunChild() to which it is given.
class WorkerDuties {
 public:
  WorkerDuties(const CommandContext& context, const Plan& plan, const std::shared_ptr<Counters>& counters);

  // Starts the watchdog, and sets the drain as the supervisor's terminate hook, if the options want them.
  void Begin(RunningChild* running);

 private:
  void BeginWatchdog();
  void BeginDrain(const std::function<void()>& proceed);
  GcsClient* Client(const shared::Interrupt& interrupt);

  RunningChild* running_ = nullptr;
  GcsAddress gcs_;
  GcsCredentials credentials_;
  bool wants_drain_;
  bool wants_watchdog_;
  bool asked_to_end_ = false;  // from the TERM on
  bool draining_ = false;      // from then to the drain's outcome
  DrainOptions drain_;
  WatchdogOptions watchdog_;
  // The watchdog's client, and after it the drain's: both use one connection.
  std::optional<GcsClient> client_;
  StoppableThread thread_;
};

}  // namespace ray_init_agent
