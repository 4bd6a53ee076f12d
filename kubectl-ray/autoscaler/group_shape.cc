#include "kubectl-ray/autoscaler/group_shape.h"

#include <charconv>
#include <optional>

#include "kubectl-ray/kinds/container_resources.h"
#include "kubectl-ray/pods/ray_container.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

std::optional<double> WholeAmount(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto quantity = Quantity::Parse("resource", value.get_ref<const std::string&>());
  return quantity ? std::optional(static_cast<double>(quantity->value())) : std::nullopt;
}

std::optional<double> FromParams(const Json& group, std::string_view name) {
  return WholeAmount(At(group, {"rayStartParams", name}));
}

std::optional<double> NonZero(const Quantity& quantity) {
  return quantity.is_zero() ? std::nullopt : std::optional(static_cast<double>(quantity.value()));
}

// JSON in quotes for a shell, with or without backslashes: '{"A": 1}', "{\"A\": 1}". Null: it is none.
Json ObjectIn(std::string text) {
  const std::size_t begin = text.find('{'), end = text.rfind('}');
  if (begin == text.npos || end == text.npos || end < begin) return {};
  text = text.substr(begin, end - begin + 1);
  std::erase(text, '\\');
  return shared::ParseJson(text).value_or(Json());
}

void AddCustomOfParams(const Json& group, ResourceShape* shape) {
  const Json resources = ObjectIn(StringAt(group, {"rayStartParams", "resources"}));
  if (!resources.is_object()) return;
  for (const auto& [name, amount] : resources.items())
    if (amount.is_number()) (*shape)[name] = amount.get<double>();
}

void AddTexts(const Json& object, NodeLabels* labels) {
  if (!object.is_object()) return;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) (*labels)[key] = value.get<std::string>();
}

}  // namespace

ResourceShape ShapeOfGroup(const Json& group) {
  const Json& container = RayContainer(At(group, {"template"}));
  ResourceShape shape;
  const auto set = [&](const char* name, const char* param, const std::optional<double>& of_container) {
    if (const auto given = FromParams(group, param))
      shape[name] = *given;
    else if (of_container)
      shape[name] = *of_container;
  };
  set("CPU", "num-cpus", NonZero(ResourceOf(container, "limits", "cpu")));
  if (!shape.contains("CPU")) set("CPU", "num-cpus", NonZero(ResourceOf(container, "cpu")));
  set("memory", "memory", NonZero(ResourceOf(container, "limits", "memory")));
  if (!shape.contains("memory")) set("memory", "memory", NonZero(ResourceOf(container, "memory")));
  set("GPU", "num-gpus", NonZero(GpusOf(container)));
  set("TPU", "", NonZero(ResourceOf(container, kTpuResource)));
  const Json& own = At(group, {"resources"});
  if (!own.is_object() || own.empty()) AddCustomOfParams(group, &shape);
  if (own.is_object())
    for (const auto& [name, amount] : own.items())
      if (const auto whole = WholeAmount(amount)) shape[name] = *whole;
  return shape;
}

NodeLabels DeclaredLabels(const Json& group) {
  NodeLabels labels;
  AddTexts(At(group, {"labels"}), &labels);
  return labels;
}

NodeLabels StartedLabels(const Json& group) {
  NodeLabels labels;
  const std::string text = StringAt(group, {"rayStartParams", "labels"});
  if (text.find('{') != text.npos) {
    AddTexts(ObjectIn(text), &labels);
    return labels;
  }
  for (std::string_view pair : shared::Split(text, ',')) {
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos) continue;
    const auto bare = [](std::string_view word) {
      while (!word.empty() && (word.front() == '"' || word.front() == '\'')) word.remove_prefix(1);
      while (!word.empty() && (word.back() == '"' || word.back() == '\'')) word.remove_suffix(1);
      return std::string(shared::Trim(word));
    };
    labels[bare(shared::Trim(pair.substr(0, equals)))] = bare(shared::Trim(pair.substr(equals + 1)));
  }
  return labels;
}

bool IsGivenByRay(const std::string& resource) {
  return resource.starts_with("node:") || resource.starts_with("accelerator_type:");
}

ResourceShape LackOf(const ResourceShape& asked, const ResourceShape& node) {
  ResourceShape lacking;
  for (const auto& [resource, amount] : asked) {
    const auto has = node.find(resource);
    const double there = has == node.end() ? 0 : has->second;
    if (!IsGivenByRay(resource) && there + kResourceRounding < amount) lacking[resource] = amount;
  }
  return lacking;
}

}  // namespace kubectl_ray
