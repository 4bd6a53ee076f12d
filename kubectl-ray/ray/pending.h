// Why a job has not begun: what it asks for beside what the cluster has.
// Source: Ray runs a job's driver in an actor "_ray_internal_job_actor_ID" (job/utils.py, 2.52), which waits
// for the job's entrypoint resources and its runtime_env as any actor does.
#pragma once

#include <string>
#include <string_view>

#include "kubectl-ray/ray/jobs_client.h"
#include "shared/json.h"

namespace kubectl_ray {

// As the dashboard's state API tells it; null: not known.
struct PendingFacts {
  shared::Json actor;         // of /api/v0/actors: required_resources, serialized_runtime_env
  shared::Json nodes;         // of /api/v0/nodes, an array: state, resources_total
  shared::Json runtime_envs;  // of /api/v0/runtime_envs, an array: runtime_env, success
  shared::Json usage;         // of /api/cluster_status: by resource [used, total]
};

// The resources of a status report for people, as `ray status` prints it (/api/cluster_status?format=1): all
// that the dashboard has of the autoscaler v2. By resource [used, total]; those that are written with a unit
// (memory) are left out. Source: get_usage_report and format_resource_demand_summary in
// ray/autoscaler/_private/util.py (2.60).
shared::Json UsageOfReport(std::string_view report);

// Blocks for four requests, or five. What cannot be had stays null.
PendingFacts AskPendingFacts(const JobsClient& client, std::string_view id);

// A clause in lower case: resources that no node has, by name; resources in use; a runtime_env that is being
// installed. Empty where the facts tell nothing. Untrusted text: not yet escaped for a terminal.
std::string WhyPending(const PendingFacts& facts);

}  // namespace kubectl_ray
