// Says from its pods how far a cluster has come up. Pure.
#pragma once

#include <map>
#include <string>

#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/quota_usage.h"

namespace kubectl_ray {

// What a RayCluster's own status says (clusters/clusters.h makes one for Deployments): for users who may not
// look at pods.
struct OwnReport {
  bool head_ready = false;
  std::int64_t ready_workers = 0;

  bool IsReady(std::int64_t workers) const { return head_ready && ready_workers >= workers; }
  // Returns "its head is not ready" or "2 of 3 workers ready".
  std::string Describe(std::int64_t workers) const;
};
OwnReport ReadOwnReport(const shared::Json& ray_cluster);

class ClusterProgress {
 public:
  // `workers` is how many have to be ready besides the head.
  explicit ClusterProgress(std::int64_t workers) : wanted_(workers) {}

  void Update(const shared::Json& pod);
  void Remove(const shared::Json& pod);

  bool empty() const { return pods_.empty(); }
  bool ready() const;
  // Whether a head and all workers are there, ready or not.
  bool complete() const;
  // What the pods take of a quota as long as the cluster is there.
  QuotaUsage Usage() const;
  // Returns one line, not escaped: `head ready; workers 1 of 3 ready (2 waiting for the head or starting
  // Ray)`.
  std::string Describe() const;
  // Returns a way out for the first pod that has one, the head's before a worker's; or an empty string.
  std::string WayOut() const;
  // Returns the pod and the reason why waiting is useless, or an empty string.
  std::string Hopeless() const;

 private:
  struct Pod {
    bool head;
    PodHealth health;
    QuotaUsage usage;
  };
  std::string DescribeHead() const;
  std::string DescribeWorkers() const;
  std::int64_t ReadyWorkers() const;

  std::int64_t wanted_;
  std::map<std::string, Pod> pods_;  // by name
};

}  // namespace kubectl_ray
