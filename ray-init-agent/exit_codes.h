// The agent's own exit codes. Any code below 64, and 128 + signal, is the child's own.
#pragma once

namespace ray_init_agent {

enum ExitCode : int {
  kExitOk = 0,
  kExitUnhealthy = 1,         // `health`: the node is not healthy (what a probe expects)
  kExitUsage = 64,            // flags, variables or rayStartParams are wrong
  kExitGcsTimeout = 65,       // the GCS did not answer within the time allowed
  kExitGcsRefused = 66,       // the GCS answers, but will never accept this pod: version, certificate, token
  kExitPreflight = 67,        // Ray would fail on this node: a taken port, a full or read-only temp dir
  kExitSpawn = 68,            // the child could not be started: no processes, memory or files are left
  kExitClusterReplaced = 69,  // watchdog: the head came back as another cluster
  kExitGcsLost = 70,          // watchdog: the GCS was silent for longer than Ray's own reconnect time
  kExitInternal = 71,         // a system call that must not fail failed
  kExitSetup = 72,            // a setup step failed, or could not be run
  kExitNotExecutable = 126,   // POSIX: the command exists, but cannot be executed
  kExitNotFound = 127,        // POSIX: no such command
};

// "gcs-timeout" and so on, as in README.md's table and in `help`; "" for any other number.
const char* ExitCodeName(int code);

}  // namespace ray_init_agent
