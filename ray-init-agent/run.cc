#include <utility>

#include "ray-init-agent/command.h"
#include "ray-init-agent/running_child.h"

namespace ray_init_agent {

shared::Result<int, Failure> RunCommand(const CommandContext& context) {
  ChildOptions options = MakeChildOptions(context);
  options.supervisor.argv = context.options.arguments;
  if (options.logs && options.logs->logs_dir.empty()) options.logs.reset();
  return RunChild(std::move(options), nullptr);
}

}  // namespace ray_init_agent
