// What `start` will do, out of flags, variables and limits. Pure but for --params-file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ray-init-agent/gcs_address.h"
#include "ray-init-agent/health_check.h"
#include "ray-init-agent/options.h"
#include "shared/ray_start_params.h"

namespace ray_init_agent {

struct Plan {
  shared::RayNodeType node_type = shared::RayNodeType::kWorker;
  GcsAddress gcs;                          // a worker's; the head's own GCS is at 127.0.0.1
  std::map<std::string, std::string> ray;  // the options of `ray start` as it gets them; a switch is ""
  std::vector<std::string> argv;           // Ray's command and all its arguments
  // Where Ray's sessions will be. That of a node that takes_head_temp_dir is a guess until the GCS has
  // answered.
  std::string temp_dir = "/tmp/ray";
  bool takes_head_temp_dir = false;
  bool temp_dir_is_guess = false;
  std::uint16_t health_port = 0;        // our own, for probes; 0: none
  std::vector<shared::Error> warnings;  // of options that Ray gets though nothing is known of them

  bool is_head() const { return node_type == shared::RayNodeType::kHead; }
  // The option's value, or `fallback` where it is not given.
  std::string RayOption(const std::string& name, const std::string& fallback = "") const;
  std::uint16_t RayPort(const std::string& name, std::uint16_t fallback) const;
  // Where this node's Ray tells its health.
  HealthTargets health_targets() const;
};

// kUsage where the params are wrong or something is missing: all complaints in one error. `release` is that
// of the image's Ray, as far as it is known.
shared::Result<Plan> MakePlan(const Options& options, const shared::Variables& environment,
                              const shared::RayContainerLimits& limits,
                              const std::optional<shared::RayRelease>& release);

// --address, else FQ_RAY_IP (or RAY_IP) and RAY_PORT, else RAY_ADDRESS. kUsage where there is none.
shared::Result<GcsAddress> FindGcsAddress(const Options& options, const shared::Variables& environment);

}  // namespace ray_init_agent
