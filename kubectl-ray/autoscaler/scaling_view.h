// What `kubectl ray autoscaler` shows of a cluster: demands and why they wait, groups, idle nodes. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/autoscaler/explain.h"
#include "kubectl-ray/autoscaler/idle_nodes.h"
#include "kubectl-ray/ray/gcs_status.h"

namespace kubectl_ray {

struct ScalingInput {
  const shared::Json& ray_cluster;
  const std::vector<shared::Json>& pods;
  std::string refused = {};           // WhyPodsAreRefused (pods/pod_refusal.h)
  std::optional<GcsStatus> gcs = {};  // what the GCS answered; then nothing of the dashboard is needed
  std::string gcs_failure = {};       // why it did not; empty: it was not asked
  shared::Json report = {};           // the dashboard's /api/cluster_status?format=1
  shared::Json node_summary = {};     // its /nodes?view=summary
  // What v1 writes into the GCS's store, with its time; null with v2. The dashboard's /api/cluster_status has
  // it as data.clusterStatus, with names in camel case.
  shared::Json v1_state = {};
  std::string ray_failure = {};  // why the dashboard was not asked or did not answer; empty: it did
  SystemTime now = {};
};

// Who said what Ray's part of a view is made of.
enum class ScalingSource { kNone, kGcs, kDashboard };
// Returns "GCS", "dashboard" or null.
shared::Json ScalingSourceName(ScalingSource source);

struct ScalingView {
  std::string name, ns;
  bool autoscaled = false;                  // false: nobody adds or removes nodes
  std::string version;                      // v1 or v2; empty if that is not known
  std::optional<std::int64_t> age_seconds;  // of Ray's part; nothing: it is not known
  // Since the autoscaler v1 last reported to the GCS; nothing: that is not known.
  std::optional<std::int64_t> report_age_seconds;
  ScalingSource source = ScalingSource::kNone;
  std::string gcs_failure;  // as in the input
  std::string ray_failure;  // as in the input, or that Ray has no report yet
  std::vector<ScalingGroup> groups;
  std::vector<ExplainedDemand> demands;
  std::vector<std::string> unread_demands;  // as in the report, not escaped
  std::vector<IdleNode> idle;               // those that are idle for longest first
  std::vector<HeldNode> held;
  std::string session;                     // Ray's, or empty
  std::optional<GcsAutoscaler> asked_for;  // by the autoscaler, as the GCS has it
  SystemTime now = {};                     // the time of the input

  bool operator==(const ScalingView&) const = default;
};

// Returns what Ray reports: the GCS's part if it answered, else the dashboard's.
AutoscalerReport ReportOf(const ScalingInput& input);

ScalingView ReadScaling(const ScalingInput& input);

// Text, escaped; and JSON.
std::string RenderScaling(const ScalingView& view);
shared::Json ScalingToJson(const ScalingView& view);
shared::Json DemandToJson(const ExplainedDemand& explained);

}  // namespace kubectl_ray
