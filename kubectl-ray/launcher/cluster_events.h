// Events about a cluster, from whoever makes its pods and finds them a node. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

struct ClusterEvent {
  std::string time;        // RFC 3339; of the last time it was seen
  std::string source;      // "operator", "scheduler", "nodes" (an autoscaler of nodes), "kubelet", or the
                           // component's name
  std::string text;        // one line, not escaped: "pod demo-x: FailedScheduling: 0/1 nodes are available"
  std::string object;      // "pod demo-x"
  std::string kind, name;  // of the object that it is about
  bool warning = false;

  bool operator==(const ClusterEvent&) const = default;
};

// Reads an Event of the core API, which has those of events.k8s.io too.
ClusterEvent ReadClusterEvent(const shared::Json& event);

// Whether it says something about the numbers of workers, or why there are fewer: all but what the kubelet
// does day by day.
bool IsAboutScaling(const ClusterEvent& event);

// Whether an object of this kind is the cluster's by its name: the RayCluster itself, its Deployments and
// ReplicaSets, and pods as KubeRay and this program name them. `groups` are its worker groups. A pod that is
// there shows it better, by its label.
bool IsNamedAsOf(const std::string& cluster, const std::vector<std::string>& groups, const std::string& kind,
                 const std::string& name);

}  // namespace kubectl_ray
