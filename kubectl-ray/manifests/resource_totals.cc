#include "kubectl-ray/manifests/resource_totals.h"

#include "kubectl-ray/manifests/worker_counts.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

// Returns what each name has in `left` and `right` together.
Devices Sum(Devices left, const Devices& right) {
  for (const auto& [name, quantity] : right) left[name] = left[name] + quantity;
  return left;
}

Devices Multiple(Devices devices, std::int64_t pods) {
  for (auto& [name, quantity] : devices) quantity = quantity * pods;
  std::erase_if(devices, [](const auto& device) { return device.second.is_zero(); });
  return devices;
}

}  // namespace

ResourceTotals ResourceTotals::operator+(const ResourceTotals& other) const {
  return {cpu + other.cpu, memory + other.memory, gpu + other.gpu, tpu + other.tpu,
          Sum(devices, other.devices)};
}

ResourceTotals ResourceTotals::operator*(std::int64_t pods) const {
  return {cpu * pods, memory * pods, gpu * pods, tpu * pods, Multiple(devices, pods)};
}

ResourceTotals PodResourceTotals(const Json& pod_spec) {
  ResourceTotals sum;
  for (const Json& container : At(pod_spec, {"containers"}))
    sum = sum + ResourceTotals{ResourceOf(container, "cpu"), ResourceOf(container, "memory"),
                               GpusOf(container), ResourceOf(container, kTpuResource), DevicesOf(container)};
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
