#include "kubectl-ray/pods/node_columns.h"

#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_container.h"

namespace kubectl_ray {

using shared::Json;
using shared::StringAt;

std::vector<Column> NodeColumns(bool with_namespace, const Clock& now) {
  // Of the Ray container only, as in the official plugin.
  auto request = [](const char* name) {
    return [name](const Json& pod) { return ResourceOf(RayContainer(pod), name).ToString(); };
  };
  auto label = [](const char* name) {
    return [name](const Json& pod) { return StringAt(pod, {"metadata", "labels", name}); };
  };
  std::vector<Column> columns;
  if (with_namespace)
    columns.push_back({"Namespace", [](const Json& p) { return StringAt(p, {"metadata", "namespace"}); }});
  columns.push_back({"Name", [](const Json& p) { return StringAt(p, {"metadata", "name"}); }});
  columns.push_back({"CPUs", request("cpu")});
  columns.push_back({"GPUs", [](const Json& p) { return GpusOf(RayContainer(p)).ToString(); }});
  columns.push_back({"TPUs", request(kTpuResource)});
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
  columns.push_back({"Devices", [](const Json& p) { return ToString(DevicesOf(RayContainer(p))); }, true});
  columns.push_back({"State", [](const Json& p) { return IsReady(p) ? "ready" : HealthOf(p).reason; }, true});
  return columns;
}

shared::JsonFields NodeFields() {
  return shared::JsonFields::Only({"metadata.name", "metadata.namespace", "metadata.creationTimestamp",
                                   "metadata.deletionTimestamp", "metadata.labels", "metadata.annotations",
                                   "spec.nodeName", "spec.containers.name", "spec.containers.resources",
                                   "spec.containers.env.name", "spec.initContainers.name",
                                   "spec.initContainers.restartPolicy", "status"});
}

}  // namespace kubectl_ray
