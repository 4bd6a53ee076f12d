// The flags of `up`, which `exec --start` and `submit --start` run, too.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/commands/rays_flags.h"

namespace kubectl_ray {

struct UpFlags {
  std::string file;
  std::string cluster_name;
  std::optional<std::int64_t> min_workers;
  std::optional<std::int64_t> max_workers;
  bool no_restart = false;
  bool restart_only = false;
  bool yes = false;
  bool no_config_cache = false;
  bool redirect_command_output = false;
  bool use_login_shells = false;
  bool use_normal_shells = false;
  bool disable_usage_stats = false;
  bool without_operator = false;
  bool dry_run = false;
  std::string agent_image;
  std::string agent_metrics;  // a port; empty: none
  std::string ports;
  std::string timeout = "15m";
  RaysLogFlags log;

  bool operator==(const UpFlags&) const = default;
};

// Shows the plan, asks, carries it out and waits. An exit code.
shared::Result<int> RunUp(const UpFlags& flags, CommandContext& context);

}  // namespace kubectl_ray
