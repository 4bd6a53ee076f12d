#include "ray-init-agent/exit_codes.h"

namespace ray_init_agent {

const char* ExitCodeName(int code) {
  switch (code) {
    case kExitOk:
      return "ok";
    case kExitUnhealthy:
      return "unhealthy";
    case kExitUsage:
      return "usage";
    case kExitGcsTimeout:
      return "gcs-timeout";
    case kExitGcsRefused:
      return "gcs-refused";
    case kExitPreflight:
      return "preflight";
    case kExitSpawn:
      return "spawn";
    case kExitClusterReplaced:
      return "cluster-replaced";
    case kExitGcsLost:
      return "gcs-lost";
    case kExitInternal:
      return "internal";
    case kExitSetup:
      return "setup";
    case kExitNotExecutable:
      return "not-executable";
    case kExitNotFound:
      return "not-found";
    default:
      return "";
  }
}

}  // namespace ray_init_agent
