// What Ray's agents have measured on each node of a cluster, and what Ray has given away there: the
// dashboard's /nodes?view=summary, which has all nodes in one answer.
// Source: dashboard/modules/node/datacenter.py (get_node_info), dashboard/modules/reporter/reporter_agent.py
// (_async_collect_stats), dashboard/k8s_utils.py, ObjectStoreStats in node_manager.proto (2.60). The
// dashboard writes names in camel case, and the 64-bit numbers of protobuf as texts. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json_items.h"
#include "shared/result.h"

namespace kubectl_ray {

struct GpuSample {
  std::string index, name;
  std::optional<double> utilization;                // percent
  std::optional<double> memory_used, memory_total;  // bytes

  bool operator==(const GpuSample&) const = default;
};

// Of Ray's logical resources.
struct RayShare {
  std::optional<double> allocated;  // tasks, actors and placement groups have it
  std::optional<double> capacity;   // Ray has it to give

  bool operator==(const RayShare&) const = default;
};

// A node that is alive. What the answer does not have, or has in another form, is nothing; memory is in
// bytes. Texts are bounded, and not escaped for a terminal.
struct NodeSample {
  std::string id, address;
  std::string instance;                             // RAY_CLOUD_INSTANCE_ID: under KubeRay the pod's name
  std::optional<double> time;                       // of the agent's sample: seconds since 1970
  std::optional<double> cpu_used;                   // in CPUs
  std::optional<double> memory_used, memory_total;  // of the cgroup or, if `memory_total` is, of the host
  std::optional<std::vector<GpuSample>> gpus;
  std::optional<double> store_used, store_total;  // the object store in memory
  std::optional<double> spilled;                  // written to disk since the node began
  RayShare cpu, memory, gpu;

  // Whether the agent has measured: what it measures may come without a time, and the dashboard may have a
  // node of which no sample has come.
  bool has_reported() const { return time || memory_used; }

  bool operator==(const NodeSample&) const = default;
};

// Takes the untrusted answer piece by piece, and keeps one node of it at a time: of a thousand nodes it is
// megabytes, most of them statistics of worker processes. Nodes that are dead are left out.
class NodeSampleReader {
 public:
  NodeSampleReader();
  NodeSampleReader(const NodeSampleReader&) = delete;
  NodeSampleReader& operator=(const NodeSampleReader&) = delete;

  // Returns false after a fault, if more is of no use.
  bool Feed(std::string_view piece) { return nodes_.Feed(piece); }

  // Returns the samples, to be called once. kInternal: it is no JSON, or was not whole.
  shared::Result<std::vector<NodeSample>> Finish();

 private:
  std::vector<NodeSample> samples_;
  shared::JsonItems nodes_;
};

// Does the same with an answer that is at hand.
shared::Result<std::vector<NodeSample>> ReadNodeSamples(std::string_view answer);

}  // namespace kubectl_ray
