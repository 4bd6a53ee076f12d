// Asks the API server and Ray for all that a cluster's status is made of.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "kubectl-ray/clusters/status.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/pods/head_pod.h"
#include "shared/json.h"

namespace kubectl_ray {

// Gets a path of the cluster's dashboard; `patience` begins once it is reached.
using DashboardReader =
    std::function<shared::Result<Json>(const std::string& path, std::chrono::milliseconds patience)>;

// Asks the API server alone. Blocks for several requests. Without the right to list pods or events those are
// left out; other errors are returned, kNotFound: no such cluster.
shared::Result<StatusInput> GatherObjects(const KubeClient& kube, const std::string& ns,
                                          const std::string& name);

// Returns the head that may answer for Ray, ready or not; nothing if there is none.
std::optional<HeadPod> HeadOf(const StatusInput& input);

// Adds what the cluster's dashboard answers, or why it does not; if the GCS has answered, only the jobs.
// Blocks for several requests.
void AddRaysAnswers(const KubeClient& kube, const DashboardReader& read, StatusInput* input);

// Does both. Does not call `read` if the head cannot answer. What the dashboard or an API
// server without the right to list events does not answer stays empty, with the reason in the result; other
// errors of the API server are returned, kNotFound: no such cluster.
shared::Result<StatusInput> GatherStatus(const KubeClient& kube, const std::string& ns,
                                         const std::string& name, const DashboardReader& read);

}  // namespace kubectl_ray
