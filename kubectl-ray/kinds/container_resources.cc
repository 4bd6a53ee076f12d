#include "kubectl-ray/kinds/container_resources.h"

#include <cmath>
#include <set>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::DumpJson;
using shared::Json;

std::string QuantityText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) return "0";
  constexpr double kExact = 9e15;  // whole numbers up to here are themselves
  const double number = value.get<double>();
  const bool whole = number == std::floor(number) && std::fabs(number) < kExact;
  return whole ? std::to_string(static_cast<std::int64_t>(number)) : DumpJson(value);
}

// Takes the digits at the front, and returns whether there are any.
bool TakeDigits(std::string_view* text) {
  const std::size_t end = std::min(text->find_first_not_of("0123456789"), text->size());
  text->remove_prefix(end);
  return end > 0;
}

bool Take(std::string_view* text, std::string_view word) {
  if (!text->starts_with(word)) return false;
  text->remove_prefix(word.size());
  return true;
}

// KubeRay's nvidia\.com/mig-\d+g\.\d+gb$
bool IsMigSlice(std::string_view name) {
  constexpr std::string_view kPrefix = "nvidia.com/mig-";
  const std::size_t begin = name.find(kPrefix);
  if (begin == name.npos) return false;
  name.remove_prefix(begin + kPrefix.size());
  return TakeDigits(&name) && Take(&name, "g.") && TakeDigits(&name) && name == "gb";
}

// The resources that a container names, in the order of their names.
std::set<std::string> NamesOf(const Json& container) {
  std::set<std::string> names;
  for (const char* kind : {"requests", "limits"})
    if (const Json& resources = At(container, {"resources", kind}); resources.is_object())
      for (const auto& [name, unused] : resources.items()) names.insert(name);
  return names;
}

}  // namespace

bool IsGpuResource(std::string_view name) { return name.ends_with("gpu") || IsMigSlice(name); }

std::string_view RayAcceleratorOf(std::string_view name) {
  if (name == kTpuResource) return "TPU";
  return name == "aws.amazon.com/neuroncore" ? "neuron_cores" : "";
}

Quantity ResourceOf(const Json& container, const char* kind, std::string_view name) {
  return Quantity::Parse(name, QuantityText(At(container, {"resources", kind, name}))).value_or(Quantity());
}

Quantity ResourceOf(const Json& container, std::string_view name) {
  const bool requested = !At(container, {"resources", "requests", name}).is_null();
  return ResourceOf(container, requested ? "requests" : "limits", name);
}

Quantity GpusOf(const Json& container) {
  Quantity sum;
  for (const std::string& name : NamesOf(container))
    if (IsGpuResource(name)) sum = sum + ResourceOf(container, name);
  return sum;
}

Devices DevicesOf(const Json& container) {
  Devices devices;
  for (const std::string& name : NamesOf(container))
    if (name.find('/') != name.npos)
      if (const Quantity quantity = ResourceOf(container, name); !quantity.is_zero())
        devices[name] = quantity;
  return devices;
}

std::string ToString(const Devices& devices) {
  std::string listed;
  for (const auto& [name, quantity] : devices)
    listed += (listed.empty() ? "" : ",") + name + "=" + quantity.ToString();
  return listed.empty() ? "<none>" : listed;
}

void WriteQuantitiesAsText(Json* object) {
  for (const char* kind : {"requests", "limits"})
    if (At(*object, {"resources", kind}).is_object())
      for (Json& value : (*object)["resources"][kind])
        if (value.is_number()) value = QuantityText(value);
  if (object->is_structured())
    for (Json& member : *object) WriteQuantitiesAsText(&member);
}

}  // namespace kubectl_ray
