// Which pods of Ray a Prometheus scrapes, and at which ports. Pure.
// Sources: Ray 2.60 (python/ray/_private/ray_constants.py, dashboard/consts.py and
// autoscaler/_private/constants.py name the ports and the variables that move them), KubeRay 1.7
// (controllers/ray/common/pod.go declares a port "metrics" in each pod that has none, and no other port of
// metrics).
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// The port of Ray's container that finds a pod. A Prometheus knows the declared ports of a pod alone, so that
// a port that is not declared is one of this target with another number.
inline constexpr const char* kMetricsPortName = "metrics";

// One endpoint of each pod.
struct ScrapePort {
  std::string
      name;  // of the endpoint: metrics, as-metrics (autoscaler), dash-metrics (dashboard), agent-metrics
  int number = 0;  // 0: the number that the pod declares by that name

  // Returns the name of the declared port that finds the pod.
  std::string declared() const { return number == 0 ? name : kMetricsPortName; }

  bool operator==(const ScrapePort&) const = default;
};

// Pods that are scraped alike.
struct ScrapedPods {
  std::string name;                 // of the object or the job, such as ray-head: unique in a plan
  std::string cluster;              // empty: every cluster, those to come included
  std::vector<std::string> except;  // clusters that have an entry of their own
  std::string node_type;            // head or worker
  std::vector<std::string> groups;  // of workers; empty: all
  std::vector<ScrapePort> ports;

  bool operator==(const ScrapedPods&) const = default;
};

struct ScrapePlan {
  std::vector<ScrapedPods> pods;
  std::vector<std::string> notes;  // sentences about what cannot be scraped; not escaped

  bool operator==(const ScrapePlan&) const = default;
};

// Plans for the clusters of a namespace, given as RayClusters of either kind, or for the one of them that is
// named `cluster`. A cluster whose ports are not found like those of others has entries of its own. The port
// of ray-init-agent is found by its name in all pods that declare it, those to come included; if it is open
// and not declared, by its number.
ScrapePlan PlanScrapes(const std::vector<shared::Json>& ray_clusters, const std::string& cluster);

}  // namespace kubectl_ray
