// Reads the report of Ray's autoscaler for people: what `ray status` prints, and the dashboard serves as
// /api/cluster_status?format=1. It is the one answer that either autoscaler gives: v1 writes what it knows
// into the GCS's store, v2 writes nothing, and the dashboard asks the GCS for it (GetClusterStatus). The
// same path without `format` has v1's alone, with the names of resources in camel case.
// Source: format_info_string in ray/autoscaler/_private/util.py and ClusterStatusFormatter in
// ray/autoscaler/v2/utils.py (2.9, 2.40, 2.52, 2.60). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kubectl-ray/ray/node_labels.h"
#include "kubectl-ray/ray/resource_shape.h"

namespace kubectl_ray {

// What is wanted of one node, and how often.
struct ReportedBundle {
  ResourceShape shape;
  std::int64_t count = 1;
  LabelChoices labels = {};  // only the GCS reports them

  auto operator<=>(const ReportedBundle&) const = default;
};

// Something that waits for resources, and how many such there are.
struct ReportedDemand {
  enum class By { kTasks, kPlacementGroup, kRequest };  // tasks and actors; request_resources()
  By by = By::kTasks;
  std::vector<ReportedBundle> bundles;  // one, but for a group
  std::string strategy = {};            // of a placement group: PACK, STRICT_SPREAD
  std::int64_t count = 1;
  bool at_least = false;  // Ray has counted so many, and there may be more

  bool operator==(const ReportedDemand&) const = default;
};

struct ReportedUsage {
  double used = 0;  // or reserved by a placement group
  double total = 0;

  bool operator==(const ReportedUsage&) const = default;
};

// A living node.
struct ReportedNode {
  std::string group;  // empty: not known
  bool head = false;
  NodeLabels labels;
  ResourceShape total;

  bool operator==(const ReportedNode&) const = default;
};

struct AutoscalerReport {
  bool known = false;  // false: there is no report in the text
  std::map<std::string, ReportedUsage> usage;
  std::vector<ReportedDemand> demands;
  std::map<std::string, std::int64_t> launching;  // by group: nodes that the autoscaler has asked for
  std::map<std::string, std::string> failures;    // by group: what became of its last node that failed
  std::vector<std::string> unread_demands;        // lines, of a form that is not known
  std::vector<ReportedNode> nodes;                // only the GCS reports them
  // Lines as Ray has them, of at most 200 bytes each: "0.0/2.0 CPU", "{'CPU': 1.0}: 1+ pending tasks/actors",
  // "10.0.0.7: small, launching".
  std::vector<std::string> usage_lines, demand_lines, pending_lines;

  bool operator==(const AutoscalerReport&) const = default;
};

// Takes untrusted text. What it does not understand stays in the lines alone.
AutoscalerReport ReadAutoscalerReport(std::string_view text);

// Writes the lines of a report that came without any, of what it holds, as Ray writes them, but for a
// demand's labels, which Ray's text does not have.
void WriteReportLines(AutoscalerReport* report);

}  // namespace kubectl_ray
