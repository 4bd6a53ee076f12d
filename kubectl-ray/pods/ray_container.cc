#include "kubectl-ray/pods/ray_container.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "kubectl-ray/kinds/named_item.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

const Json& None() {
  static const Json kNone;
  return kNone;
}

bool HasRayVariable(const Json& container) {
  const Json& env = At(container, {"env"});
  return env.is_array() && std::any_of(env.begin(), env.end(), [](const Json& variable) {
           return StringAt(variable, {"name"}).starts_with("RAY_");
         });
}

}  // namespace

const Json& RayContainer(const Json& pod) {
  const Json& containers = At(pod, {"spec", "containers"});
  if (!containers.is_array() || containers.empty()) return None();
  const std::string chosen =
      StringAt(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
  for (const std::string_view name :
       {std::string_view("ray-head"), std::string_view("ray-worker"), std::string_view(chosen)})
    if (const Json& named = NamedItem(containers, name); !named.is_null()) return named;
  const auto with_variable = std::find_if(containers.begin(), containers.end(), HasRayVariable);
  return with_variable == containers.end() ? containers.front() : *with_variable;
}

const Json& RayContainerStatus(const Json& pod) {
  return NamedItem(At(pod, {"status", "containerStatuses"}), StringAt(RayContainer(pod), {"name"}));
}

shared::RayStartParams StartParamsOf(const Json& container) {
  auto command = shared::ParseRayStartCommand(VariableOf(container, "KUBERAY_GEN_RAY_START_CMD"), nullptr);
  return command ? std::move(command->params) : shared::RayStartParams();
}

}  // namespace kubectl_ray
