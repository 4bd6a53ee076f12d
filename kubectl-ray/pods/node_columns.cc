#include "kubectl-ray/pods/node_columns.h"

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_container.h"

namespace kubectl_ray {

using shared::Json;
using shared::StringAt;

std::vector<Column> NodeColumns(bool with_namespace, const Clock& now) {
  // The requests of the Ray container only, as in the official plugin.
  auto request = [](const char* name) {
    return [name](const Json& pod) {
      return Quantity::Parse(name, StringAt(RayContainer(pod), {"resources", "requests", name}, "0"))
          .value_or(Quantity())
          .ToString();
    };
  };
  auto label = [](const char* name) {
    return [name](const Json& pod) { return StringAt(pod, {"metadata", "labels", name}); };
  };
  std::vector<Column> columns;
  if (with_namespace)
    columns.push_back({"Namespace", [](const Json& p) { return StringAt(p, {"metadata", "namespace"}); }});
  columns.push_back({"Name", [](const Json& p) { return StringAt(p, {"metadata", "name"}); }});
  columns.push_back({"CPUs", request("cpu")});
  columns.push_back({"GPUs", request("nvidia.com/gpu")});
  columns.push_back({"TPUs", request("google.com/tpu")});
  columns.push_back({"Memory", request("memory")});
  columns.push_back({"Cluster", label(kClusterLabel)});
  columns.push_back({"Type", label(kNodeTypeLabel)});
  columns.push_back({"Worker Group", label(kGroupLabel)});
  columns.push_back({"Age", [now](const Json& p) { return AgeOf(p, now()); }});
  columns.push_back({"IP", [](const Json& p) { return StringAt(p, {"status", "podIP"}, "<none>"); }, true});
  columns.push_back({"Node",
                     [](const Json& p) {
                       return StringAt(p, {"spec", "nodeName"}, "<none>");
                     },
                     true});
  columns.push_back({"State", [](const Json& p) { return IsReady(p) ? "ready" : HealthOf(p).reason; }, true});
  return columns;
}

}  // namespace kubectl_ray
