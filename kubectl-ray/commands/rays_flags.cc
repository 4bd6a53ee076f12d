#include "kubectl-ray/commands/rays_flags.h"

#include "kubectl-ray/cli/flag_value.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Status;

constexpr const char* kGroup = "Ray's own, for machines";

Status RefuseRaysFlags(const RaysFlags& flags) {
  if (flags.stop)
    return Fail(ErrorCode::kUsage, "cannot use --stop: a pod has no machine to shut down",
                "`kubectl ray down FILE -y` after this command deletes the cluster.");
  if (flags.screen || flags.tmux || !flags.extra_screen_args.empty())
    return Fail(ErrorCode::kUsage,
                std::string("cannot use ") +
                    (flags.screen ? "--screen"
                     : flags.tmux ? "--tmux"
                                  : "--extra-screen-args") +
                    ": what runs in a pod by this command ends with it",
                "`kubectl ray job submit --no-wait` starts a job that goes on.");
  if (!flags.port_forward.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use --port-forward " + shared::EscapeControl(flags.port_forward) + " here",
                "`kubectl ray session NAME` forwards the cluster's ports, beside this command.");
  return shared::Ok();
}

}  // namespace

void AddRaysLogFlags(Leaf& leaf, RaysLogFlags* flags) {
  leaf.FlagGroup(kGroup);
  leaf.Flag("--log-style", &flags->log_style,
            "Taken and without effect: there is one style (auto, record or pretty)")
      ->transform(OneOf({"auto", "record", "pretty"}));
  leaf.Flag("--log-color", &flags->log_color,
            "false: no colours; auto and true have them on a terminal, unless NO_COLOR is set")
      ->transform(OneOf({"auto", "false", "true"}));
  leaf.Flag("--verbose", &flags->verbose,
            "Taken and without effect: -v=6 shows each request to the API server");
  leaf.FlagGroup("");
}

void AddRaysFlags(Leaf& leaf, RaysFlags* flags) {
  leaf.FlagGroup(kGroup);
  leaf.Flag("--stop", &flags->stop, "Refused: a pod has no machine to shut down");
  leaf.Flag("--screen", &flags->screen,
            "Refused: `kubectl ray job submit --no-wait` goes on without a terminal");
  leaf.Flag("--tmux", &flags->tmux, "Refused, like --screen");
  leaf.Flag("--extra-screen-args", &flags->extra_screen_args, "Refused, like --screen");
  leaf.Flag("-p,--port-forward", &flags->port_forward, "Refused: `kubectl ray session` forwards ports");
  leaf.Flag("--run-env", &flags->run_env,
            "Taken and without effect: a pod is its container (auto, host or docker)")
      ->transform(OneOf({"auto", "host", "docker"}));
  leaf.Flag("--no-config-cache", &flags->no_config_cache, "Taken and without effect: nothing is cached");
  leaf.Flag("--disable-usage-stats", &flags->disable_usage_stats,
            "With --start: have Ray send no statistics of its use");
  AddRaysLogFlags(leaf, &flags->log);
}

void NoteWithoutEffect(std::string_view flag, std::string_view why, Streams& io) {
  io.err << flag << " has no effect: " << why << std::endl;
}

void TakeRaysLogFlags(const RaysLogFlags& flags, Streams& io) {
  if (flags.log_color == "false") io.color = false;
  if (!flags.log_style.empty() && flags.log_style != "auto")
    NoteWithoutEffect("--log-style", "all is printed in one style", io);
  if (flags.verbose) NoteWithoutEffect("--verbose", "-v=6 shows each request to the API server", io);
}

Status TakeRaysFlags(const RaysFlags& flags, bool starts, Streams& io) {
  TRY(RefuseRaysFlags(flags));
  TakeRaysLogFlags(flags.log, io);
  if (!flags.run_env.empty() && flags.run_env != "auto")
    NoteWithoutEffect("--run-env", "a pod is its container", io);
  if (flags.no_config_cache) NoteWithoutEffect("--no-config-cache", "nothing is cached", io);
  if (flags.disable_usage_stats && !starts)
    NoteWithoutEffect("--disable-usage-stats", "without --start, Ray runs as it was started", io);
  return shared::Ok();
}

}  // namespace kubectl_ray
