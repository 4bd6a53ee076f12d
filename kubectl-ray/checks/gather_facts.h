// Asks the API server and the cluster's pods for what the checks of `doctor` read.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct DoctorQuestion {
  std::string ns = {};
  std::string cluster = {};  // empty: no cluster is asked about, unless there is an `object`
  Json manifest = {};        // an object of a file that is not there yet; null: none
  std::string file = {};     // its name, for messages
  bool in_pods = true;       // may run a small program in the cluster's containers
  // Keep a silent stream to the head open for this time; zero: do not.
  std::chrono::seconds idle{0};
  bool stranger = false;  // make a pod that tries what the NetworkPolicies forbid
};

// Asks everything once. What is refused or fails is a fact that says so, and ends nothing; nothing is stored
// in the API server, but for the pod of `stranger`. Blocks for about thirty requests, of which none waits
// longer than the client's own bound, and for `idle`. `read` asks the cluster's dashboard. kNotFound: the
// cluster is not there. kInterrupted.
shared::Result<Facts> GatherFacts(const KubeClient& kube, const DoctorQuestion& question,
                                  const DashboardReader& read);

}  // namespace kubectl_ray
