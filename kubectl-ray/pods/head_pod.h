// The head pod of a Ray cluster, of either kind: it serves the dashboard.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// A key of a Secret.
struct SecretKey {
  std::string name;
  std::string key;

  bool operator==(const SecretKey&) const = default;
};

// A head pod, and how to reach Ray on it.
struct HeadPod : RayPod {
  int dashboard_port = kDashboardPort;
  int client_port = kClientPort;
  std::optional<SecretKey> token;  // where the cluster's token is, if it asks for one

  bool operator==(const HeadPod&) const = default;
};

// ReadRayPod, and the ports and the token of its Ray container. Pure.
HeadPod ReadHeadPod(const Json& pod);

// The cluster's head pod by its labels: BestHead (pods/ray_pods.h), or one that does not run yet. kNotFound:
// there is none (yet). Blocks for one request.
shared::Result<HeadPod> FindHead(const KubeClient& kube, std::string_view ns, std::string_view cluster);

// Whether Ray runs there without a dashboard: its raylet is well, and nothing is on the dashboard's port.
// (Ray starts its raylet once the dashboard has come up or is given up, and ends if the dashboard ends
// later.) Asks both through port-forwards and blocks until the deadline; false also if that shows nothing.
bool HasGivenUpDashboard(const KubeClient& kube, const HeadPod& head, int dashboard_agent_port,
                         shared::Deadline deadline);

// The value of `secret`, as it is. kInternal: the key is missing or is not base64. Blocks for one request.
shared::Result<std::string> ReadSecret(const KubeClient& kube, std::string_view ns, const SecretKey& secret);

}  // namespace kubectl_ray
