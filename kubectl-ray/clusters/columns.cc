#include "kubectl-ray/clusters/columns.h"

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/resource_totals.h"
#include "kubectl-ray/manifests/worker_counts.h"

namespace kubectl_ray {

using shared::At;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

Json WorkerGroupObject(const Json& ray_cluster, const Json& worker_group_spec,
                       std::optional<int> ready_pods) {
  Json group = {{"apiVersion", kRayClusters.ApiVersion()},
                {"kind", "WorkerGroup"},
                {"metadata",
                 {{"name", StringAt(worker_group_spec, {"groupName"})},
                  {"namespace", StringAt(ray_cluster, {"metadata", "namespace"})},
                  {"labels", {{kClusterLabel, StringAt(ray_cluster, {"metadata", "name"})}}}}},
                {"spec", worker_group_spec}};
  if (ready_pods) group["status"]["readyReplicas"] = *ready_pods / HostsPerReplica(worker_group_spec);
  return group;
}

std::vector<Column> WorkerGroupColumns(bool with_namespace) {
  auto number = [](const char* field, std::int64_t fallback) {
    return [field, fallback](const Json& g) { return std::to_string(IntAt(g, {"spec", field}, fallback)); };
  };
  auto total = [](Quantity ResourceTotals::*member) {
    return [member](const Json& g) { return (WorkerGroupResources(At(g, {"spec"})).*member).ToString(); };
  };
  std::vector<Column> columns;
  if (with_namespace)
    columns.push_back({"Namespace", [](const Json& g) { return StringAt(g, {"metadata", "namespace"}); }});
  columns.push_back({"Name", [](const Json& g) { return StringAt(g, {"metadata", "name"}); }});
  columns.push_back({"Min", number("minReplicas", 0)});
  columns.push_back({"Max", number("maxReplicas", 2147483647)});
  columns.push_back({"Replicas", [](const Json& g) {
                       const bool known = At(g, {"status", "readyReplicas"}).is_number_integer();
                       return (known ? std::to_string(IntAt(g, {"status", "readyReplicas"})) : "?") + "/" +
                              std::to_string(DesiredReplicas(At(g, {"spec"})));
                     }});
  columns.push_back({"CPUs", total(&ResourceTotals::cpu)});
  columns.push_back({"GPUs", total(&ResourceTotals::gpu)});
  columns.push_back({"TPUs", total(&ResourceTotals::tpu)});
  columns.push_back({"Memory", total(&ResourceTotals::memory)});
  columns.push_back({"Cluster", [](const Json& g) {
                       return StringAt(g, {"metadata", "labels", kClusterLabel});
                     }});
  columns.push_back({"Devices",
                     [](const Json& g) { return ToString(WorkerGroupResources(At(g, {"spec"})).devices); },
                     true});
  return columns;
}

}  // namespace kubectl_ray
