// The text of the file for BASH_ENV, which speeds up a stock KubeRay operator's init container.
#pragma once

#include <string_view>

namespace ray_init_agent {

// The file's text. KubeRay adds the init container `wait-gcs-ready` to every worker: a bash script that calls
// `ray health-check` and sleeps 5 s between tries. It runs with our environment and mounts, and bash reads
// the file named by BASH_ENV first. In that script, and in no other bash, this text makes `ray health-check`
// wait for the GCS with the program `ray-init-agent` beside the file, and ends the container with the
// program's exit code if it gives up.
// Source: KubeRay 1.x, ray-operator/controllers/ray/common/pod.go, DefaultWorkerPodTemplate.
std::string_view BashEnv();

}  // namespace ray_init_agent
