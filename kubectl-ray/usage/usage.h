// What pods of Ray use, beside what Ray has given away there and beside their containers' limits: what Ray's
// agents measure (ray/node_samples.h), joined with the pods of the API server. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/formats/column.h"
#include "kubectl-ray/ray/node_samples.h"

namespace kubectl_ray {

// What is read of a pod, so that a thousand of them are small.
struct LimitedPod {
  std::string ns, cluster, name, group;
  std::string address;  // of the pod
  std::string node;     // Kubernetes' node
  bool head = false;
  bool running = false;                     // Ray's container runs
  int metrics_port = 0;                     // of Ray's agent; 0: a port that Ray has chosen
  std::string not_ready;                    // why it is not ready; empty if it is
  std::optional<double> cpu, memory, gpus;  // limits of Ray's container; CPUs and bytes

  bool operator==(const LimitedPod&) const = default;
};

LimitedPod ReadLimitedPod(const shared::Json& pod);

struct ResourceUsage {
  std::optional<double> used;  // nothing: not known, or the host's
  RayShare ray;
  std::optional<double> limit;  // nothing: the container has none
  bool is_hosts = false;        // Ray measured the whole host

  bool operator==(const ResourceUsage&) const = default;
};

// A row: a pod, a node of Ray's without a pod, or a cluster's sum.
struct Usage {
  std::string ns, cluster;
  std::string name;  // of the pod, the address of a node without one, or the cluster
  bool is_pod = false;
  bool is_node = false;  // Ray has it as a node that is alive
  bool head = false;
  std::string group, node;             // as in LimitedPod
  std::string address, node_id;        // Ray's
  std::string why_unknown;             // why there is no sample, as a clause; not escaped
  std::size_t nodes = 0, sampled = 0;  // that are in this row, and those of them with a sample
  std::optional<double> age;           // of the sample, of the oldest one in a sum; seconds
  ResourceUsage cpu, memory, gpu;
  std::optional<double> gpu_memory_used, gpu_memory_total, store_used, store_total, spilled;
  std::vector<GpuSample> gpus;  // not of a sum

  bool operator==(const Usage&) const = default;
};

// Returns the rows of one cluster: each pod, and each node that has no pod. A sample belongs to the pod that
// it names, else to the pod of its address. Of two samples of a pod, in which Ray was started again, the
// newer one counts. `now`: seconds since 1970; a sample of the future, from a clock that differs, has the age
// 0.
std::vector<Usage> JoinUsage(const std::vector<LimitedPod>& pods, const std::vector<NodeSample>& samples,
                             double now);

// Returns the rows of pods whose Ray could not be asked, and why.
std::vector<Usage> UnknownUsage(const std::vector<LimitedPod>& pods, const std::string& why);

// Says in the rows of pods why their agents could not be read, which `unread` has by the pods' names. Such a
// pod counts as a node.
void ExplainUnread(const std::map<std::string, std::string>& unread, std::vector<Usage>* rows);

// Returns the sum of a cluster's rows. A limit of CPU or memory is known if all pods have one; other sums are
// of what is known.
Usage SumUsage(const std::vector<Usage>& rows);

enum class UsageOf { kClusterSums, kRayNodes, kRayPods };

// Returns those rows of one cluster that are wanted, or their sum. A row that is neither a pod nor a node
// that is alive is in neither list.
std::vector<Usage> RowsOf(UsageOf what, std::vector<Usage> rows);

// The values of --sort-by.
std::vector<std::string> UsageOrders();

// Sorts by one of them: the highest first, what is not known last, and then by name; "name" and an empty
// text: by cluster, heads first, then by name. kUsage: there is no such order.
shared::Status SortUsage(const std::string& order, UsageOf what, std::vector<Usage>* rows);

// An object for a printer, and its columns. Without `with_gpus` those of GPUs are left out.
shared::Json UsageToJson(const Usage& row, UsageOf what);
std::vector<Column> UsageColumns(UsageOf what, bool with_gpus);
bool HasGpus(const std::vector<Usage>& rows);

}  // namespace kubectl_ray
