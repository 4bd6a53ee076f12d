#include "ray-init-agent/bash_env.h"

namespace ray_init_agent {

std::string_view BashEnv() {
  // The script is recognised by its words, and its container by the lack of the variable that KubeRay sets in
  // Ray's own containers. The script sends the output of the first two minutes to /dev/null, which would hide
  // what is waited for, so stderr is copied. The program is found beside this file, because a volume is
  // rarely mounted at the path at which it was filled.
  return R"(# Written by `ray-init-agent install`; see its README.md.
if [[ -z ${KUBERAY_GEN_RAY_START_CMD+set} && ${BASH_EXECUTION_STRING-} == *'ray health-check --address '* &&
      ${BASH_EXECUTION_STRING-} == *'echo "GCS is ready.'* && ${BASH_EXECUTION_STRING-} == *'sleep 5'* ]]; then
  ray_init_agent=${BASH_SOURCE[0]%/*}/ray-init-agent
  exec {ray_init_agent_stderr}>&2
  ray() {
    if [[ $# -eq 3 && $1 == health-check && $2 == --address ]]; then
      "$ray_init_agent" wait-gcs --address "$3" 2>&"$ray_init_agent_stderr" || exit
    else
      command ray "$@"
    fi
  }
fi
)";
}

}  // namespace ray_init_agent
