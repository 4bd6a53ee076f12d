// The file for BASH_ENV on a stock KubeRay operator.
#pragma once

#include <string_view>

namespace ray_init_agent {

// KubeRay adds the init container `wait-gcs-ready` to every worker: a bash script that calls `ray
// health-check` and sleeps 5 s between tries. It runs with our environment and mounts, and bash reads the
// file named by BASH_ENV before it. There, and in no other bash, this text makes `ray health-check` wait for
// the GCS with the program `ray-init-agent` beside that file, and ends the container with its exit code where
// it gives up.
std::string_view BashEnv();

}  // namespace ray_init_agent
