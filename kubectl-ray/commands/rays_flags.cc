#include "kubectl-ray/commands/rays_flags.h"

#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

void AddRaysFlags(Leaf& leaf, RaysFlags* flags) {
  leaf.FlagGroup("Ray's own, for machines");
  leaf.Flag("--stop", &flags->stop, "Refused: a pod has no machine to shut down");
  leaf.Flag("--screen", &flags->screen,
            "Refused: `kubectl ray job submit --no-wait` goes on without a terminal");
  leaf.Flag("--tmux", &flags->tmux, "Refused, like --screen");
  leaf.Flag("-p,--port-forward", &flags->port_forward, "Refused: `kubectl ray session` forwards ports");
  leaf.Flag("--run-env", &flags->run_env,
            "Taken and without effect: a pod is its container (auto, host, docker)");
  leaf.FlagGroup("");
}

shared::Status CheckRaysFlags(const RaysFlags& flags) {
  if (flags.stop)
    return Fail(ErrorCode::kUsage, "cannot use --stop: a pod has no machine to shut down",
                "`kubectl ray down FILE -y` after this command deletes the cluster.");
  if (flags.screen || flags.tmux)
    return Fail(ErrorCode::kUsage,
                std::string("cannot use ") + (flags.screen ? "--screen" : "--tmux") +
                    ": what runs in a pod by this command ends with it",
                "`kubectl ray job submit --no-wait` starts a job that goes on.");
  if (!flags.port_forward.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use --port-forward " + shared::EscapeControl(flags.port_forward) + " here",
                "`kubectl ray session NAME` forwards the cluster's ports, beside this command.");
  if (!flags.run_env.empty() && flags.run_env != "auto" && flags.run_env != "host" &&
      flags.run_env != "docker")
    return Fail(ErrorCode::kUsage,
                "--run-env \"" + shared::EscapeControl(flags.run_env) + "\" is not auto, host or docker");
  return shared::Ok();
}

}  // namespace kubectl_ray
