// Why a job has not begun: compares what it asks for with what the cluster has.
// Source: Ray runs a job's driver in an actor "_ray_internal_job_actor_ID" (job/utils.py, 2.52), which waits
// for the job's entrypoint resources and its runtime_env as any actor does.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/ray/gcs_status.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/json.h"

namespace kubectl_ray {

// What the dashboard's state API reports. A null member is not known.
struct PendingFacts {
  shared::Json actor;         // of /api/v0/actors: required_resources, serialized_runtime_env
  shared::Json nodes;         // of /api/v0/nodes, an array: state, resources_total
  shared::Json runtime_envs;  // of /api/v0/runtime_envs, an array: runtime_env, success
  shared::Json usage;         // by resource [used, total]
  shared::Json report;        // /api/cluster_status?format=1, which the usage is of; null: it is the GCS's
};

// Reads the resources in the report of either autoscaler (ray/autoscaler_report.h). Returns [used, total] by
// resource.
shared::Json UsageOfReport(std::string_view report);

// Makes two requests, and two more if the GCS has not answered (`gcs` is null), and blocks meanwhile. What
// cannot be read stays null.
PendingFacts AskPendingFacts(const JobsClient& client, std::string_view id, const GcsStatus* gcs);

// Returns what the job's entrypoint asks for; empty if that is nothing or is not known.
ResourceShape EntrypointNeeds(const PendingFacts& facts);

// Returns the part of WhyPending() that is of resources, or an empty string.
std::string WhyNoNode(const PendingFacts& facts);

// Returns a clause in lower case that names resources that no node has, resources that are in use, or a
// runtime_env that is being installed. Returns an empty string if the facts give no reason. The text is
// untrusted and not yet escaped for a terminal.
std::string WhyPending(const PendingFacts& facts);

}  // namespace kubectl_ray
