// How far a cluster that is coming up has got, from its pods alone. Pure.
#pragma once

#include <map>
#include <string>

#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {

class ClusterProgress {
 public:
  // workers: how many have to be ready beside the head.
  explicit ClusterProgress(std::int64_t workers) : wanted_(workers) {}

  void Update(const shared::Json& pod);
  void Remove(const shared::Json& pod);

  bool empty() const { return pods_.empty(); }
  bool ready() const;
  // One line: `head ready; workers 1 of 3 ready (2 waiting for the head or starting Ray)`. As the server says
  // it, not escaped.
  std::string Describe() const;
  // What to do about the first pod of which that is known, the head's before a worker's; or empty.
  std::string WayOut() const;
  // The pod and reason why waiting is in vain, or empty.
  std::string Hopeless() const;

 private:
  struct Pod {
    bool head;
    PodHealth health;
  };
  std::string DescribeHead() const;
  std::string DescribeWorkers() const;
  std::int64_t ReadyWorkers() const;

  std::int64_t wanted_;
  std::map<std::string, Pod> pods_;  // by name
};

}  // namespace kubectl_ray
