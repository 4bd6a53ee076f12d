// What a worker owes its cluster beside running: a drain before its end, and an end when it is of no use.
#pragma once

#include <functional>
#include <optional>

#include "ray-init-agent/drain.h"
#include "ray-init-agent/plan.h"
#include "ray-init-agent/run.h"
#include "ray-init-agent/stoppable_thread.h"
#include "ray-init-agent/watchdog.h"

namespace ray_init_agent {

// Must outlive the Run() it is given to.
class WorkerDuties {
 public:
  WorkerDuties(const CommandContext& context, const Plan& plan);

  // Starts the watchdog and hangs the drain on the supervisor, as far as the options want them.
  void Begin(RunContext* running);

 private:
  void BeginWatchdog();
  void BeginDrain(const std::function<void()>& proceed);
  GcsClient* Client(const shared::Interrupt& interrupt);

  RunContext* running_ = nullptr;
  GcsAddress gcs_;
  GcsCredentials credentials_;
  bool wants_drain_;
  bool wants_watchdog_;
  bool draining_ = false;  // from the TERM to what came of it
  DrainOptions drain_;
  WatchdogOptions watchdog_;
  // The watchdog's, and after it the drain's: both use one connection.
  std::optional<GcsClient> client_;
  StoppableThread thread_;
};

}  // namespace ray_init_agent
