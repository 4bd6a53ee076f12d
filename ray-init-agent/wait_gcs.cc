#include "ray-init-agent/command.h"
#include "ray-init-agent/gcs_waiter.h"
#include "ray-init-agent/note.h"
#include "ray-init-agent/plan.h"

namespace ray_init_agent {

shared::Result<int, Failure> WaitGcsCommand(const CommandContext& context) {
  auto address = FindGcsAddress(context.options, context.environment);
  if (!address) return FailWith(kExitUsage, address.error());
  shared::Interrupt interrupt;
  shared::Interrupt::InstallHandlers(&interrupt);
  auto reply = WaitForGcs(GcsWaiterOptions::From(context, *std::move(address)), interrupt, Note);
  if (!reply) return shared::Unexpected(std::move(reply).error());
  return kExitOk;
}

}  // namespace ray_init_agent
