// What `kubectl ray status` says of a cluster: gathered objects → a diagnosis → text or JSON. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/autoscaler/scaling_view.h"
#include "kubectl-ray/formats/time.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/ray/autoscaler_state.h"

namespace kubectl_ray {

using shared::Json;

// All that was gathered; what could not be read is null or empty.
struct StatusInput {
  bool with_operator = false;
  Json ray_cluster;
  std::vector<Json> pods;
  bool pods_known = true;                           // false: this user may not list them
  std::map<std::string, std::vector<Json>> events;  // of pods that are not well, by pod
  // Why pods do not even come to be (a quota, an admission webhook, a spec the operator refuses), or empty.
  std::string refused;
  std::string queued;              // WhyQueued (clusters/kueue.h)
  std::optional<GcsStatus> gcs;    // what the GCS answered; then of the dashboard only the jobs are needed
  Json v1_state;                   // as in ScalingInput
  std::string gcs_failure;         // why the GCS was not asked or did not answer
  Json ray_status;                 // the dashboard's /api/cluster_status?format=1
  Json ray_nodes;                  // the dashboard's /nodes?view=summary
  Json ray_jobs;                   // the dashboard's /api/jobs/
  std::string ray_failure;         // why the dashboard was not asked or did not answer
  std::string dashboard_given_up;  // the head pod whose Ray runs, and on whose dashboard's port nothing is
  SystemTime now;
};

struct GroupStatus {
  std::string name;
  std::int64_t desired = 0, ready = 0, pending = 0;

  bool operator==(const GroupStatus&) const = default;
};

struct PodTrouble {
  std::string pod;
  std::string group;
  PodHealth health;
  std::string warning;  // the last warning among its events, or empty

  bool operator==(const PodTrouble&) const = default;
};

struct ClusterStatus {
  std::string name, ns, backend, ray_version, age;
  bool well = false;
  std::string health;      // one line: "ready", or what is wrong first
  std::string way_out;     // of pods that are refused, as a sentence; or empty
  bool pods_known = true;  // false: how many of the groups are ready or pending is not known
  std::vector<GroupStatus> groups;
  std::vector<PodTrouble> troubles;
  // What is no trouble yet: `pod "x": container fluent-bit ended 7 times, ...` of pods that are well, and
  // StopHooks (kinds/stop_hook.h).
  std::vector<std::string> remarks;
  RayView ray;
  std::vector<ExplainedDemand> waiting;  // for resources, and why
  ScalingSource source = ScalingSource::kNone;
  std::string gcs_failure;   // why Ray's part is not from the GCS
  std::string ray_failure;   // why there is no part of Ray's
  std::string jobs_failure;  // why the jobs are not known
  std::string next;          // the command to type now

  bool operator==(const ClusterStatus&) const = default;
};

// What the autoscaler's part of all that is read from. It refers to `input`, which must outlive it.
ScalingInput ScalingInputOf(const StatusInput& input);

ClusterStatus Diagnose(const StatusInput& input);

// What the object that a cluster is of says itself, to be printed above the cluster's diagnosis: "rayjob/x in
// namespace default: ", then its kind's lines, a line each and escaped. Empty if its kind has no lines.
std::string RenderObject(const Target& target, const std::string& ns, const Json& object);

// Returns one screen of text, with ANSI colours if `color`. What pods and servers said is escaped.
std::string RenderStatus(const ClusterStatus& status, bool color);
Json StatusToJson(const ClusterStatus& status);

}  // namespace kubectl_ray
