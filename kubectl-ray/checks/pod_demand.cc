#include "kubectl-ray/checks/pod_demand.h"

#include <algorithm>
#include <vector>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

std::vector<const Json*> ContainersIn(const Json& pod_spec, const char* member) {
  std::vector<const Json*> containers;
  const Json& list = At(pod_spec, {member});
  if (list.is_array())
    for (const Json& container : list) containers.push_back(&container);
  return containers;
}

bool Stays(const Json& init_container) { return StringAt(init_container, {"restartPolicy"}) == "Always"; }

void Add(Amounts* sum, const Amounts& more) {
  for (const auto& [resource, amount] : more) (*sum)[resource] = (*sum)[resource] + amount;
}

void RaiseTo(Amounts* amounts, const Amounts& floor) {
  for (const auto& [resource, amount] : floor)
    if (Quantity& now = (*amounts)[resource]; now < amount) now = amount;
}

Amounts Requests(const Json& container) {
  Amounts requests = AmountsOf(container, "requests");
  for (const auto& [resource, limit] : AmountsOf(container, "limits")) requests.try_emplace(resource, limit);
  return requests;
}

}  // namespace

Amounts AmountsOf(const Json& container, std::string_view member) {
  Amounts amounts;
  const Json& values = At(container, {"resources", member});
  if (!values.is_object()) return amounts;
  for (const auto& [resource, value] : values.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : shared::DumpJson(value);
    if (const auto amount = Quantity::Parse(resource, text)) amounts[resource] = *amount;
  }
  return amounts;
}

PodDemand DemandOf(const Json& pod_spec) {
  PodDemand demand, first;
  const auto add = [](PodDemand* sum, const Json& container) {
    Add(&sum->requests, Requests(container));
    Add(&sum->limits, AmountsOf(container, "limits"));
  };
  for (const Json* container : ContainersIn(pod_spec, "containers")) add(&demand, *container);
  PodDemand staying;
  for (const Json* container : ContainersIn(pod_spec, "initContainers")) {
    PodDemand now = staying;
    add(&now, *container);
    RaiseTo(&first.requests, now.requests);
    RaiseTo(&first.limits, now.limits);
    if (Stays(*container)) staying = now;
  }
  Add(&demand.requests, staying.requests);
  Add(&demand.limits, staying.limits);
  RaiseTo(&demand.requests, first.requests);
  RaiseTo(&demand.limits, first.limits);
  return demand;
}

std::vector<std::string> ContainersWithout(const Json& pod_spec, std::string_view member,
                                           const std::string& resource) {
  std::vector<std::string> names;
  for (const char* list : {"initContainers", "containers"})
    for (const Json* container : ContainersIn(pod_spec, list)) {
      const Amounts amounts = member == "requests" ? Requests(*container) : AmountsOf(*container, member);
      if (!amounts.contains(resource)) names.push_back(StringAt(*container, {"name"}));
    }
  return names;
}

}  // namespace kubectl_ray
