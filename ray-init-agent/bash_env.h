// The file for BASH_ENV on a stock KubeRay operator.
#pragma once

#include <string>

namespace ray_init_agent {

// KubeRay adds the init container `wait-gcs-ready` to every worker: a bash script that calls `ray
// health-check` and sleeps 5 s between tries. It runs with our environment and mounts, and bash reads the
// file named by BASH_ENV before it. There, and in no other bash, this text makes `ray health-check` wait for
// the GCS with `program`, an absolute path, and ends the container with the agent's exit code where that
// gives up.
std::string BashEnv(const std::string& program);

}  // namespace ray_init_agent
