#include "kubectl-ray/pods/quota_usage.h"

#include <algorithm>

#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// Of one container, by "requests.cpu" and the like.
QuotaUsage OfContainer(const Json& container) {
  QuotaUsage usage;
  for (const char* kind : {"requests", "limits"}) {
    const Json& amounts = At(container, {"resources", kind});
    if (!amounts.is_object()) continue;
    for (const auto& [name, amount] : amounts.items())
      if (amount.is_string())
        usage[std::string(kind) + "." + name] =
            Quantity::Parse(name, amount.get_ref<const std::string&>()).value_or(Quantity());
  }
  return usage;
}

void Add(const QuotaUsage& more, QuotaUsage* usage) {
  for (const auto& [name, amount] : more) (*usage)[name] = (*usage)[name] + amount;
}

void Raise(const QuotaUsage& to, QuotaUsage* usage) {
  for (const auto& [name, amount] : to) (*usage)[name] = std::max((*usage)[name], amount);
}

QuotaUsage OfContainers(const Json& pod) {
  QuotaUsage usage, largest;
  const Json &containers = At(pod, {"spec", "containers"}), &init = At(pod, {"spec", "initContainers"});
  if (containers.is_array())
    for (const Json& container : containers) Add(OfContainer(container), &usage);
  if (init.is_array())
    for (const Json& container : init) {
      const bool sidecar = StringAt(container, {"restartPolicy"}) == "Always";
      sidecar ? Add(OfContainer(container), &usage) : Raise(OfContainer(container), &largest);
    }
  Raise(largest, &usage);
  return usage;
}

}  // namespace

void AddQuotaUsage(const Json& pod, QuotaUsage* usage) {
  if (IsOver(pod) || At(pod, {"metadata", "deletionTimestamp"}).is_string()) return;
  QuotaUsage own = OfContainers(pod);
  for (const char* name : {"cpu", "memory", "ephemeral-storage"})
    if (const auto found = own.find(std::string("requests.") + name); found != own.end())
      own[name] = found->second;
  own["pods"] = own["count/pods"] = Quantity::Parse("pods", "1").value_or(Quantity());
  Add(own, usage);
}

}  // namespace kubectl_ray
