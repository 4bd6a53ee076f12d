#include "kubectl-ray/cli/command.h"

#include "shared/duration.h"

namespace kubectl_ray {

CommandContext::CommandContext(const GlobalOptions& g, Streams& s, Environment e, shared::Interrupt& i)
    : global(g), io(s), environment(std::move(e)), interrupt(i) {}
CommandContext::~CommandContext() = default;

}  // namespace kubectl_ray
