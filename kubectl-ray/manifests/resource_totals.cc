#include "kubectl-ray/manifests/resource_totals.h"

#include "kubectl-ray/manifests/worker_counts.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::DumpJson;
using shared::Json;

// A quantity may be a number: `cpu: 1` in YAML.
std::string QuantityText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_number() ? DumpJson(value) : "0";
}

Quantity ContainerQuantity(const Json& container, const char* name) {
  const Json& request = At(container, {"resources", "requests", name});
  const Json& wanted = request.is_null() ? At(container, {"resources", "limits", name}) : request;
  return Quantity::Parse(name, QuantityText(wanted)).value_or(Quantity());
}

}  // namespace

ResourceTotals ResourceTotals::operator+(const ResourceTotals& other) const {
  return {cpu + other.cpu, memory + other.memory, gpu + other.gpu, tpu + other.tpu};
}

ResourceTotals ResourceTotals::operator*(std::int64_t pods) const {
  return {cpu * pods, memory * pods, gpu * pods, tpu * pods};
}

ResourceTotals PodResourceTotals(const Json& pod_spec) {
  ResourceTotals sum;
  for (const Json& container : At(pod_spec, {"containers"}))
    sum = sum + ResourceTotals{ContainerQuantity(container, "cpu"), ContainerQuantity(container, "memory"),
                               ContainerQuantity(container, "nvidia.com/gpu"),
                               ContainerQuantity(container, "google.com/tpu")};
  return sum;
}

ResourceTotals WorkerGroupResources(const Json& group) {
  return PodResourceTotals(At(group, {"template", "spec"})) * DesiredWorkers(group);
}

ResourceTotals DesiredResources(const Json& ray_cluster) {
  ResourceTotals sum = PodResourceTotals(At(ray_cluster, {"spec", "headGroupSpec", "template", "spec"}));
  for (const Json& group : At(ray_cluster, {"spec", "workerGroupSpecs"}))
    sum = sum + WorkerGroupResources(group);
  return sum;
}

}  // namespace kubectl_ray
