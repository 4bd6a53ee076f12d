// What `start` will do, from flags, variables and limits. Pure but for --params-file.
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
  GcsAddress gcs;                          // the worker's GCS; the head's own is at 127.0.0.1
  std::map<std::string, std::string> ray;  // the options of `ray start`; a switch has the value ""
  std::vector<std::string> argv;           // Ray's command and all its arguments
  // The directory of Ray's sessions. If the node takes_head_temp_dir, it is a guess until the GCS has
  // answered.
  std::string temp_dir = "/tmp/ray";
  bool takes_head_temp_dir = false;
  bool temp_dir_is_guess = false;
  std::uint16_t health_port = 0;  // our own port for probes; 0: none
  // About options that Ray gets although nothing is known about them, and about a token that Ray ignores.
  std::vector<shared::Error> warnings;

  bool is_head() const { return node_type == shared::RayNodeType::kHead; }
  // The option's value, or `fallback` if it is not given.
  std::string RayOption(const std::string& name, const std::string& fallback = "") const;
  std::uint16_t RayPort(const std::string& name, std::uint16_t fallback) const;
  // Where this node's Ray reports its health.
  HealthTargets health_targets() const;
};

// Makes the plan. `release` is the release of the image's Ray, if it is known. Fails with kUsage if the
// params are wrong or something is missing, with all complaints in one error.
shared::Result<Plan> MakePlan(const Options& options, const shared::Variables& environment,
                              const shared::RayContainerLimits& limits,
                              const std::optional<shared::RayRelease>& release);

// The GCS's address from --address, else from FQ_RAY_IP (or RAY_IP) and RAY_PORT, else from RAY_ADDRESS.
// Fails with kUsage if none of them is set.
shared::Result<GcsAddress> FindGcsAddress(const Options& options, const shared::Variables& environment);

}  // namespace ray_init_agent
