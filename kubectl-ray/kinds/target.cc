#include "kubectl-ray/kinds/target.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// RFC 1123: what Kubernetes takes for the name of a custom resource.
bool IsName(std::string_view text) {
  auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > 253 || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

shared::Unexpected<shared::Error> NeverHasCluster(const Target& target) {
  return Fail(
      ErrorCode::kUsage,
      "\"" + ToString(target) + "\" has no Ray cluster: a " + target.kind->resource.kind + " never has one",
      "Name a cluster, or what runs on one.");
}

}  // namespace

Result<Target> ParseTarget(std::string_view text) {
  Target target;
  std::string_view name = text;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string type(text.substr(0, slash));
    target.kind = FindKind(type);
    if (target.kind == nullptr)
      return Fail(ErrorCode::kUsage, "unsupported resource type: \"" + type + "\"",
                  "The types are " + KindTypes("and") + ", as in raycluster/NAME.");
    name = text.substr(slash + 1);
  }
  if (!IsName(name))
    return Fail(
        ErrorCode::kUsage, "invalid name \"" + std::string(name) + "\": Kubernetes has no such names",
        "Names are lower-case letters, digits, '-' and '.', and begin and end with a letter or digit.");
  target.name = name;
  return target;
}

std::vector<std::string> JoinTypeAndNames(std::vector<std::string> words) {
  const auto has_type = [](const std::string& word) { return word.find('/') != word.npos; };
  if (words.size() < 2 || FindKind(words[0]) == nullptr || std::any_of(words.begin(), words.end(), has_type))
    return words;
  const std::string type = words[0] + "/";
  words.erase(words.begin());
  for (std::string& word : words) word.insert(0, type);
  return words;
}

std::string ToString(const Target& target) { return target.kind->type + "/" + target.name; }

std::string TargetHelp() { return "NAME or TYPE/NAME: " + KindTypes("or"); }

Result<Json> FindObject(const KubeClient& kube, std::string_view ns, const Target& target) {
  Result<Json> object = kube.Get(target.kind->resource, ns, target.name);
  if (object || object.error().code != ErrorCode::kNotFound) return object;
  const Result<bool> served = kube.Serves(target.kind->resource);
  if (served && !*served) return NotServed(*target.kind);
  return object;
}

Result<UsedCluster> ClusterOf(const Target& target, const Json& object) {
  if (target.kind->cluster_of == nullptr) return NeverHasCluster(target);
  UsedCluster cluster = target.kind->cluster_of(object);
  if (cluster.name.empty())
    return Fail(ErrorCode::kNotFound, "\"" + ToString(target) + "\" has no Ray cluster yet",
                "`kubectl get " + ToString(target) + "` shows how far it is.");
  return cluster;
}

Result<std::string> ResolveCluster(const KubeClient& kube, std::string_view ns, const Target& target) {
  if (target.is_cluster()) return target.name;
  if (target.kind->cluster_of == nullptr) return NeverHasCluster(target);
  ASSIGN_OR_RETURN(const Json object, FindObject(kube, ns, target));
  ASSIGN_OR_RETURN(UsedCluster cluster, ClusterOf(target, object));
  return std::move(cluster.name);
}

}  // namespace kubectl_ray
