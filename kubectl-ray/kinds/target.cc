#include "kubectl-ray/kinds/target.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

struct KindName {
  TargetKind kind;
  std::string_view name;
};
constexpr std::array<KindName, 3> kKinds = {{{TargetKind::kCluster, "raycluster"},
                                             {TargetKind::kJob, "rayjob"},
                                             {TargetKind::kService, "rayservice"}}};

const KindName* FindKind(std::string type) {
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  if (type.ends_with('s')) type.pop_back();
  for (const KindName& kind : kKinds)
    if (type == kind.name || type == kind.name.substr(3)) return &kind;
  return nullptr;
}

// RFC 1123: what Kubernetes takes for the name of a custom resource.
bool IsName(std::string_view text) {
  auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > 253 || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

}  // namespace

Result<Target> ParseTarget(std::string_view text) {
  Target target;
  std::string_view name = text;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string type(text.substr(0, slash));
    const KindName* kind = FindKind(type);
    if (kind == nullptr)
      return Fail(ErrorCode::kUsage, "unsupported resource type: \"" + type + "\"",
                  "The types are raycluster, rayjob and rayservice, as in raycluster/NAME.");
    target.kind = kind->kind;
    name = text.substr(slash + 1);
  }
  if (!IsName(name))
    return Fail(
        ErrorCode::kUsage, "invalid name \"" + std::string(name) + "\": Kubernetes has no such names",
        "Names are lower-case letters, digits, '-' and '.', and begin and end with a letter or digit.");
  target.name = name;
  return target;
}

std::string ToString(const Target& target) {
  for (const KindName& kind : kKinds)
    if (kind.kind == target.kind) return std::string(kind.name) + "/" + target.name;
  return target.name;
}

Result<std::string> ResolveCluster(const KubeClient& kube, std::string_view ns, const Target& target) {
  if (target.kind == TargetKind::kCluster) return target.name;
  const bool job = target.kind == TargetKind::kJob;
  ASSIGN_OR_RETURN(const Json object, kube.Get(job ? kRayJobs : kRayServices, ns, target.name));
  std::string cluster = job ? shared::StringAt(object, {"status", "rayClusterName"})
                            : shared::StringAt(object, {"status", "activeServiceStatus", "rayClusterName"});
  // One that starts has its first cluster there until it serves.
  if (cluster.empty() && !job)
    cluster = shared::StringAt(object, {"status", "pendingServiceStatus", "rayClusterName"});
  if (cluster.empty())
    return Fail(ErrorCode::kNotFound, "\"" + ToString(target) + "\" has no Ray cluster yet",
                "`kubectl get " + ToString(target) + "` tells how far it is.");
  return cluster;
}

}  // namespace kubectl_ray
