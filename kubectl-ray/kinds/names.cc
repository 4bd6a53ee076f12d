#include "kubectl-ray/kinds/names.h"

#include <functional>
#include <mutex>
#include <vector>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::StringAt;

constexpr std::size_t kMaxNames = 1000;

// A list to ask for, and the names that one of its objects gives.
struct Source {
  Resource resource;
  ListOptions which;
  std::function<std::vector<std::string>(const Json& object)> names_of;
};

std::vector<std::string> OwnName(const Json& object) { return {StringAt(object, {"metadata", "name"})}; }

Source AllOf(const Resource& resource) { return {resource, {}, OwnName}; }

Source TargetsOf(const Kind& kind) {
  return {kind.resource, {}, [&kind](const Json& object) {
            return std::vector{kind.type + "/" + StringAt(object, {"metadata", "name"})};
          }};
}

// A head's Deployment is there while its cluster is suspended, its pod where nothing else of it may be read.
// `spellings`: the ways to write a cluster's name.
std::vector<Source> ClusterSources(std::vector<std::string> (*spellings)(const std::string& name)) {
  const auto by_name = [spellings](const Json& cluster) {
    return spellings(StringAt(cluster, {"metadata", "name"}));
  };
  const auto by_label = [spellings](const Json& head) {
    return spellings(StringAt(head, {"metadata", "labels", kClusterLabel}));
  };
  const ListOptions heads{.label_selector = kEveryHeadSelector};
  return {{kRayClusters, {}, by_name}, {kDeployments, heads, by_label}, {kPods, heads, by_label}};
}

// Asks side by side, as a prompt waits for the names.
std::set<std::string> Ask(const KubeClient& kube, const std::string& ns, const std::vector<Source>& sources) {
  std::set<std::string> names;
  std::mutex adding;
  const auto ask = [&](const Source& source) {
    (void)!kube.List(source.resource, ns, source.which, [&](const Json& object) {
      const std::lock_guard lock(adding);
      for (std::string& name : source.names_of(object))
        if (!name.empty() && names.size() < kMaxNames) names.insert(std::move(name));
      return names.size() < kMaxNames;
    });
  };
  shared::ThreadGroup asking;
  for (const Source& source : sources)
    if (!asking.Start([&ask, &source] { ask(source); })) ask(source);
  asking.JoinAll();
  return names;
}

}  // namespace

std::set<std::string> ClusterNames(const KubeClient& kube, const std::string& ns) {
  return Ask(kube, ns, ClusterSources([](const std::string& name) { return std::vector{name}; }));
}

std::set<std::string> TargetNames(const KubeClient& kube, const std::string& ns) {
  std::vector<Source> sources = ClusterSources([](const std::string& name) {
    return std::vector{name, RayClusterKind().type + "/" + name};
  });
  for (const Kind* kind : Kinds())
    if (kind != &RayClusterKind()) sources.push_back(TargetsOf(*kind));
  return Ask(kube, ns, sources);
}

std::set<std::string> WorkloadNames(const KubeClient& kube, const std::string& ns) {
  std::vector<Source> sources{{kDeployments, {}, [](const Json& object) {
                                 return std::vector{"deployment/" + StringAt(object, {"metadata", "name"})};
                               }}};
  for (const Kind* kind : Kinds()) sources.push_back(TargetsOf(*kind));
  return Ask(kube, ns, sources);
}

std::set<std::string> RayJobTargetNames(const KubeClient& kube, const std::string& ns) {
  return Ask(kube, ns, {TargetsOf(RayJobKind())});
}

std::set<std::string> NamesOfKind(const Kind& kind, const KubeClient& kube, const std::string& ns) {
  return Ask(kube, ns, {AllOf(kind.resource)});
}

std::set<std::string> WorkerGroupNames(const KubeClient& kube, const std::string& ns) {
  const auto of_cluster = [](const Json& ray_cluster) {
    std::vector<std::string> names;
    const Json& groups = shared::At(ray_cluster, {"spec", "workerGroupSpecs"});
    if (groups.is_array())
      for (const Json& group : groups) names.push_back(StringAt(group, {"groupName"}));
    return names;
  };
  const auto of_deployment = [](const Json& worker) {
    return std::vector{StringAt(worker, {"metadata", "labels", kGroupLabel})};
  };
  const std::string workers = std::string(kClusterLabel) + "," + kNodeTypeLabel + "=worker";
  return Ask(kube, ns,
             {{kRayClusters, {}, of_cluster}, {kDeployments, {.label_selector = workers}, of_deployment}});
}

std::set<std::string> RayPodNames(const KubeClient& kube, const std::string& ns) {
  return Ask(kube, ns, {{kPods, {.label_selector = std::string(kIsRayNodeLabel) + "=yes"}, OwnName}});
}

}  // namespace kubectl_ray
