// What Ray's GCS knows of its cluster at this moment: nodes and how long they are idle, what waits for
// resources, and what the autoscaler v2 has asked for. Pure.
// Source: GetClusterStatusReply in src/ray/protobuf/autoscaler.proto (2.60), whose fields that are read here
// have had the same numbers since 2.9 (2.9.3, 2.40, 2.49.2, 2.54.1 compared; labels and what asks for them
// since 2.49); src/ray/gcs/gcs_server/gcs_autoscaler_state_manager.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/ray/autoscaler_report.h"
#include "shared/result.h"

namespace kubectl_ray {

inline constexpr std::string_view kGetClusterStatusMethod =
    "/ray.rpc.autoscaler.AutoscalerStateService/GetClusterStatus";

// A node that is not dead.
struct GcsNode {
  std::string instance_id;  // RAY_CLOUD_INSTANCE_ID: the pod's name under KubeRay, or empty
  std::string group;        // RAY_NODE_TYPE_NAME, or empty
  std::string address;
  bool head = false;
  bool draining = false;
  std::optional<std::int64_t> idle_ms;  // nothing: it is in use
  std::vector<std::string> activity;    // why it counts as in use, in Ray's words (since Ray 2.10)
  ResourceShape available, total;
  NodeLabels labels = {};

  bool operator==(const GcsNode&) const = default;
};

// Nodes of a group that the autoscaler has asked for, or tried to.
struct GcsLaunch {
  std::string group;
  std::int64_t count = 0;
  std::int64_t asked = 0;   // seconds since the epoch; 0: not known
  std::int64_t failed = 0;  // the same; 0: it has not failed, or that is not known
  std::string reason;       // why it failed

  bool operator==(const GcsLaunch&) const = default;
};

// A node that has its pod, and Ray there has not joined.
struct GcsPendingNode {
  std::string group;
  std::string instance_id;  // the autoscaler's own id, not the pod's name
  std::string details;

  bool operator==(const GcsPendingNode&) const = default;
};

// What the autoscaler v2 reports here; v1's is made of its own state (ray/v1_state.h).
struct GcsAutoscaler {
  std::int64_t version = 0;  // of its state: counted up by each change of its nodes; 0: v1 has none
  std::vector<GcsLaunch> launches, failures;
  std::vector<GcsPendingNode> pending;

  bool operator==(const GcsAutoscaler&) const = default;
};

struct GcsStatus {
  std::string session;       // of the head: "session_2026-11-29_07-00-00_000000_1"
  std::int64_t version = 0;  // of the state of resources: counted up by each answer
  std::vector<GcsNode> nodes;
  std::int64_t dead = 0;                    // nodes
  std::set<std::string> lost;               // addresses of dead nodes that no living node has
  std::vector<ReportedDemand> demands;      // the same ones counted together, in the answer's order
  std::optional<GcsAutoscaler> autoscaler;  // nothing: v1, none, or it has not reported yet

  bool operator==(const GcsStatus&) const = default;
};

// Takes untrusted bytes. Skips what it does not know, texts after 200 bytes, and of each list what follows
// 20000. kInternal: broken protobuf.
shared::Result<GcsStatus> ReadGcsStatus(std::string_view message);

// Returns the same as the dashboard's text has it. `asked_for` is what the autoscaler reports, v1 or v2, or
// null. `now` is in seconds since the epoch.
AutoscalerReport ReportOf(const GcsStatus& status, const GcsAutoscaler* asked_for, std::int64_t now);

}  // namespace kubectl_ray
