#include "ray-init-agent/command.h"
#include "ray-init-agent/health_check.h"
#include "ray-init-agent/plan.h"
#include "ray-init-agent/ray_version.h"
#include "ray-init-agent/stdout.h"

namespace ray_init_agent {

shared::Result<int, Failure> HealthCommand(const CommandContext& context) {
  const Options& options = context.options;
  if (options.Bool("live") && options.Bool("ready"))
    return FailWith(kExitUsage,
                    {shared::ErrorCode::kUsage, "--live contradicts --ready", "Remove one of the two."});
  auto plan = MakePlan(options, context.environment, {},
                       InstalledRayRelease(options.Text("ray"), context.environment));
  if (!plan) return FailWith(kExitUsage, plan.error());
  HealthTargets targets = plan->health_targets();
  if (options.Bool("live")) targets.head = false;  // `ray start --block` ends by itself if the GCS dies
  shared::Interrupt interrupt;
  shared::Interrupt::InstallHandlers(&interrupt);
  const HealthReport report =
      CheckHealth(targets, shared::Deadline::After(options.Duration("health-timeout")), &interrupt);
  if (shared::Status printed = Print(report.ToText()); !printed)
    return FailWith(kExitInternal, printed.error());
  return report.healthy() ? kExitOk : kExitUnhealthy;
}

}  // namespace ray_init_agent
