// What `job submit` and `run` ask for: flags → plan → what is sent.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/packages/runtime_env.h"
#include "kubectl-ray/ray/jobs_client.h"

namespace kubectl_ray {

// The variable in the job's own environment that says how many seconds Ray leaves between asking a job to end
// and killing it (job/job_supervisor.py), and Ray's time without it.
inline constexpr const char* kStopWaitVariable = "RAY_JOB_STOP_WAIT_TIME_S";
inline constexpr std::chrono::seconds kRayStopWait(3);

// What runs and with what, as typed; PlanJob judges it.
struct JobFlags {
  std::string submission_id;
  std::string shell;
  std::string working_dir;
  std::string runtime_env_file;
  std::string runtime_env_json;
  std::vector<std::string> env;         // NAME=value
  std::vector<std::string> secret_env;  // NAME=secret/key
  std::string metadata_json;
  std::string stop_grace_period;
  double num_cpus = 0;
  double num_gpus = 0;
  std::int64_t memory = 0;
  std::string resources_json;
  std::string label_selector_json;

  bool operator==(const JobFlags&) const = default;
};

struct JobPlan {
  JobRequest request;
  std::vector<LocalPackage> packages;
  // Why the dashboard would not take the packages, known before it is asked. Then the request has no URI.
  std::optional<shared::Error> too_large = std::nullopt;
};

// Reads the runtime_env of --runtime-env or --runtime-env-json as it is written there, or returns `fallback`.
// kUsage: both are given, or it cannot be read.
shared::Result<shared::Json> ReadRuntimeEnv(CommandContext& context, const JobFlags& flags,
                                            shared::Json fallback);

// Reads and checks all that is on this side; of the cluster it reads the Secrets that --env-from-secret
// names. `default_runtime_env` is a RayJob's own, used if no flag gives one; null: none. Warnings go to
// io.err.
shared::Result<JobPlan> PlanJob(CommandContext& context, const JobFlags& flags,
                                shared::Json default_runtime_env);

// A job, as it is sent or as Ray returns it, with "<from a secret>" in place of each value of
// --env-from-secret.
shared::Json HideSecrets(shared::Json job);

// The request as it would be sent, without its secrets.
shared::Json ShownRequest(const JobPlan& plan);

// Prints what each package holds, its largest directories, and which rule left what out.
void PrintPreview(std::ostream& out, const JobPlan& plan);

// kUsage if the request holds what that cluster's Ray does not know yet and would refuse with a traceback.
shared::Status CheckRelease(const JobsClient& client, const JobPlan& plan);

// Uploads those packages that the cluster does not have, and shows the progress on io.err.
shared::Status SendPackages(CommandContext& context, const JobsClient& client, const JobPlan& plan,
                            shared::Deadline deadline);

}  // namespace kubectl_ray
