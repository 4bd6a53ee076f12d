// How this program ends: every exit code and what it means, said once.
#pragma once

#include <string_view>
#include <utility>

namespace kubectl_ray {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  kExitWarned = 3,
  kExitJobFailed = 10,  // how a job went: of `job submit`, `job logs -f`, `job watch` and `job stop`
  kExitJobStopped = 11,
  kExitSubmissionRefused = 12,
  kExitClusterNotReady = 13,
  kExitTimedOut = 14,
  kExitDetached = 15,
  kExitPaused = 16,
  kExitInterrupted = 130,  // main() then ends by the signal itself, where there are signals
};

// In order. `kubectl ray options`, the help of commands and docs/job.md say these words.
inline constexpr std::pair<ExitCode, std::string_view> kExitCodes[] = {
    {kExitOk, "done; of a job: it succeeded"},
    {kExitFailure, "not done: the error says why"},
    {kExitUsage, "the command line is wrong"},
    {kExitWarned, "doctor: nothing fails, and something is to be looked at"},
    {kExitJobFailed, "the job failed"},
    {kExitJobStopped, "the job was stopped"},
    {kExitSubmissionRefused, "the dashboard did not take the job"},
    {kExitClusterNotReady, "the cluster was not ready within --cluster-timeout"},
    {kExitTimedOut, "--timeout or --deadline is over"},
    {kExitDetached, "Ctrl-C, or the connection is lost for good; the job goes on"},
    {kExitPaused, "the RayService is suspended, and so its rollout is paused"},
    {kExitInterrupted, "Ctrl-C: it ends by the signal, which shells show as 130 (SIGTERM: 143)"},
};

}  // namespace kubectl_ray
