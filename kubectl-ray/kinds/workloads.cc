#include "kubectl-ray/kinds/workloads.h"

#include <algorithm>
#include <cctype>

#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

struct Row {
  Resource resource;
  const char* abbreviation;
  const char* why_not;  // nullptr: its template can change
};

const Row kRows[] = {
    {kDeployments, "deploy", nullptr},
    {{"apps", "v1", "statefulsets", "StatefulSet"}, "sts", nullptr},
    {{"apps", "v1", "daemonsets", "DaemonSet"}, "ds", nullptr},
    {{"batch", "v1", "cronjobs", "CronJob"}, "cj", nullptr},
    {kReplicaSets, "rs", "a ReplicaSet does not replace its pods"},
    {{"batch", "v1", "jobs", "Job"}, "job", "the API server refuses a change of a Job's template"},
    {kPods, "po", "a pod cannot be changed while it runs"},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool IsCalled(const Row& row, const std::string& word) {
  return word == row.abbreviation || word == row.resource.plural || word == Lower(row.resource.kind);
}

std::string ClusterEffect(const Json& object) {
  const std::string name = StringAt(object, {"metadata", "name"});
  if (StringAt(object, {"spec", "upgradeStrategy", "type"}) == "Recreate")
    return "KubeRay deletes all of its pods at once and makes new ones (upgradeStrategy Recreate)";
  return std::string("its pods stay as they are, and new ones have the change; `kubectl delete pod -l ") +
         kClusterLabel + "=" + name + "` has all of them made again";
}

std::string ServiceEffect(const Json& object) {
  const std::string type = StringAt(object, {"spec", "upgradeStrategy", "type"}, "NewCluster");
  if (type == "None")
    return "KubeRay does nothing until a new cluster is made for another reason (upgradeStrategy None)";
  std::int64_t workers = 0;
  for (const Json& group : shared::At(object, {"spec", "rayClusterConfig", "workerGroupSpecs"}))
    workers += IntAt(group, {"replicas"}, 1) * IntAt(group, {"numOfHosts"}, 1);
  return "KubeRay starts a second cluster beside the one that serves, which takes twice the resources (" +
         std::to_string(workers + 1) + " more pods), and switches to it when its applications run";
}

std::string RolloutEffect(const Json& object) {
  const std::string type =
      StringAt(object, {"spec", "strategy", "type"}, StringAt(object, {"spec", "updateStrategy", "type"}));
  if (type == "OnDelete") return "its pods stay as they are until they are deleted (OnDelete)";
  if (type == "Recreate") return "all of its pods are deleted, and then made again (strategy Recreate)";
  return "its pods are replaced (a rollout), and with each of them a node of Ray's";
}

}  // namespace

shared::Result<Workload> ParseWorkload(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string word = Lower(text.substr(0, slash)),
                    name(slash == text.npos ? "" : text.substr(slash + 1));
  const std::string types = KindTypes("or") + ", deployment, statefulset, daemonset or cronjob";
  if (name.empty() || name.find('/') != name.npos)
    return Fail(ErrorCode::kUsage, "\"" + std::string(text) + "\" is not TYPE/NAME",
                "TYPE is " + types + "; a file is given with -f.");
  // "job" is a RayJob as everywhere, since a Job cannot be changed; a CronJob can.
  for (const Row& row : kRows)
    if (IsCalled(row, word) && !row.why_not) return Workload{row.resource, name};
  if (const Kind* kind = FindKind(word)) return Workload{kind->resource, name};
  for (const Row& row : kRows) {
    if (!IsCalled(row, word)) continue;
    return Fail(ErrorCode::kUsage, "cannot change " + std::string(text) + ": " + row.why_not,
                "Change what makes it, or its file: `kubectl ray inject -f FILE`.");
  }
  return Fail(ErrorCode::kUsage, "\"" + word + "\" is no type with a pod template", "TYPE is " + types + ".");
}

std::string EffectOfNewTemplate(const Json& object) {
  const std::string kind = StringAt(object, {"kind"});
  if (kind == "RayCluster") return ClusterEffect(object);
  if (kind == "RayService") return ServiceEffect(object);
  if (kind == "RayJob")
    return "a run that has begun keeps its cluster; the next one (a retry, or suspend and resume) has the "
           "change";
  if (kind == kRayCronJobs.kind || kind == "CronJob")
    return "what runs now stays as it is; the next run has the change";
  return RolloutEffect(object);
}

}  // namespace kubectl_ray
