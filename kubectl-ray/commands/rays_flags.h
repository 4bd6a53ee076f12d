// The flags that Ray's own launcher verbs (`ray up`, `attach`, `submit`, …) have and that mean little or
// nothing for pods. None is unknown here: each is refused with what does it here, or taken with a note of why
// it has no effect. Their list: Ray 2.60.0, python/ray/scripts/scripts.py and
// python/ray/autoscaler/_private/cli_logger.py.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/streams.h"

namespace kubectl_ray {

// How Ray's verbs write: all but get-head-ip and get-worker-ips have these.
struct RaysLogFlags {
  std::string log_style;
  std::string log_color;
  bool verbose = false;

  bool operator==(const RaysLogFlags&) const = default;
};

// Those of `attach`, `exec` and `submit`.
struct RaysFlags {
  bool stop = false;
  bool screen = false;
  bool tmux = false;
  std::string extra_screen_args;
  std::string port_forward;
  std::string run_env;
  bool no_config_cache = false;
  bool disable_usage_stats = false;
  RaysLogFlags log;

  bool operator==(const RaysFlags&) const = default;
};

// They stand in a group of their own, the last of the command.
void AddRaysLogFlags(Leaf& leaf, RaysLogFlags* flags);
void AddRaysFlags(Leaf& leaf, RaysFlags* flags);

// Prints on stderr that the flag has no effect, and why.
void NoteWithoutEffect(std::string_view flag, std::string_view why, Streams& io);

// Takes the colour from `io` if the flags say so, and prints a note of each flag that has no effect.
void TakeRaysLogFlags(const RaysLogFlags& flags, Streams& io);

// The same for all of them; kUsage for one that asks for what will not happen. `starts`: the command has
// --start.
shared::Status TakeRaysFlags(const RaysFlags& flags, bool starts, Streams& io);

}  // namespace kubectl_ray
