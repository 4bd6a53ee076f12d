#include "ray-init-agent/bash_env.h"

#include "shared/shell_words.h"

namespace ray_init_agent {

std::string BashEnv(const std::string& program) {
  // The script of KubeRay 1.x (ray-operator/controllers/ray/common/pod.go, DefaultWorkerPodTemplate) is known
  // by its words, and its container by what KubeRay sets in Ray's own containers only. It sends the output of
  // the first two minutes to /dev/null, which would hide what is waited for: hence the copy of stderr.
  return "# Written by `ray-init-agent install`; see its README.md.\n"
         "if [[ -z ${KUBERAY_GEN_RAY_START_CMD+set} && ${BASH_EXECUTION_STRING-} == *'ray health-check "
         "--address '* &&\n"
         "      ${BASH_EXECUTION_STRING-} == *'echo \"GCS is ready.'* && ${BASH_EXECUTION_STRING-} == "
         "*'sleep 5'* ]]; then\n"
         "  exec {ray_init_agent_stderr}>&2\n"
         "  ray() {\n"
         "    if [[ $# -eq 3 && $1 == health-check && $2 == --address ]]; then\n"
         "      " +
         shared::QuoteShellWord(program) +
         " wait-gcs --address \"$3\" 2>&$ray_init_agent_stderr || exit\n"
         "    else\n"
         "      command ray \"$@\"\n"
         "    fi\n"
         "  }\n"
         "fi\n";
}

}  // namespace ray_init_agent
