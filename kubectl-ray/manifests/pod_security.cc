#include "kubectl-ray/manifests/pod_security.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

constexpr const char* kEnforceLabel = "pod-security.kubernetes.io/enforce";

bool HasUserZero(const Json& context) {
  const Json& user = At(context, {"runAsUser"});
  return user.is_number_integer() && user.get<std::int64_t>() == 0;
}

bool AddsSysAdmin(const Json& context) {
  const Json& added = At(context, {"capabilities", "add"});
  return added.is_array() && std::any_of(added.begin(), added.end(), [](const Json& capability) {
           return capability == "SYS_ADMIN" || capability == "CAP_SYS_ADMIN";
         });
}

void DropContradictionsIn(Json& container, const Json& pod_context) {
  if (!At(container, {"securityContext"}).is_object()) return;
  Json& context = container["securityContext"];
  // The container's own user counts, else the pod's.
  const bool root = context.contains("runAsUser") ? HasUserZero(context) : HasUserZero(pod_context);
  if (root && At(context, {"runAsNonRoot"}) == true) context.erase("runAsNonRoot");
  const bool escalates = At(context, {"privileged"}) == true || AddsSysAdmin(context);
  if (escalates && At(context, {"allowPrivilegeEscalation"}) == false)
    context.erase("allowPrivilegeEscalation");
}

}  // namespace

PodSecurity ParsePodSecurity(std::string_view word) {
  return word == "restricted"   ? PodSecurity::kRestricted
         : word == "baseline"   ? PodSecurity::kBaseline
         : word == "privileged" ? PodSecurity::kPrivileged
                                : PodSecurity::kAuto;
}

bool IsRaysOwnImage(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t slash = image.rfind('/');
  if (slash == image.npos) return false;
  std::string_view name = image.substr(slash + 1);
  name = name.substr(0, name.find(':'));
  const std::string_view place = image.substr(0, slash);
  return (place == "rayproject" || place.ends_with("/rayproject")) &&
         (name == "ray" || name.starts_with("ray-"));
}

PodSecurity ChoosePodSecurity(PodSecurity asked, std::string_view image, bool namespace_is_restricted) {
  if (asked != PodSecurity::kAuto) return asked;
  return namespace_is_restricted || IsRaysOwnImage(image) ? PodSecurity::kRestricted
                                                          : PodSecurity::kPrivileged;
}

bool EnforcesRestricted(const Json& ns) {
  return shared::StringAt(ns, {"metadata", "labels", kEnforceLabel}) == "restricted";
}

Json SecurityContext(PodSecurity level) {
  if (level == PodSecurity::kPrivileged || level == PodSecurity::kAuto) return nullptr;
  Json context = {{"seccompProfile", {{"type", "RuntimeDefault"}}}};
  if (level == PodSecurity::kBaseline) return context;
  context["allowPrivilegeEscalation"] = false;
  context["capabilities"] = {{"drop", {"ALL"}}};
  context["runAsNonRoot"] = true;
  return context;
}

void DropContradictions(Json& pod_spec) {
  const Json pod_context = At(pod_spec, {"securityContext"});
  for (const char* list : {"containers", "initContainers"})
    if (At(pod_spec, {list}).is_array())
      for (Json& container : pod_spec[list]) DropContradictionsIn(container, pod_context);
}

}  // namespace kubectl_ray
