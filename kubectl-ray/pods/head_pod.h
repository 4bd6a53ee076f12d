// The head pod of a Ray cluster of either kind, which serves the dashboard.
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
  int gcs_port = kGcsPort;
  bool gcs_wants_certificates = false;  // RAY_USE_TLS: of all who connect
  std::optional<SecretKey> token;       // where the cluster's token is, if it asks for one

  bool operator==(const HeadPod&) const = default;
};

// Does what ReadRayPod() does, and reads the ports and the token of the Ray container. A port is that of
// Ray's command line, else the declared one of its name, else Ray's own. Pure.
HeadPod ReadHeadPod(const Json& pod);

// Finds the cluster's head pod by its labels: BestHead() (pods/ray_pods.h), or one that does not run yet.
// Blocks for one request. kNotFound if there is none.
shared::Result<HeadPod> FindHead(const KubeClient& kube, std::string_view ns, std::string_view cluster);

// Returns whether Ray runs there without a dashboard: its raylet is well, and nothing listens on the
// dashboard's port. (Ray starts its raylet once the dashboard has come up or was given up, and ends if the
// dashboard ends later.) Asks both through port-forwards, and blocks until the deadline at most. Returns
// false also if there is no answer.
bool HasGivenUpDashboard(const KubeClient& kube, const HeadPod& head, int dashboard_agent_port,
                         shared::Deadline deadline);

// Returns the decoded value of `secret`. Blocks for one request. kInternal if the key is missing or is not
// base64.
shared::Result<std::string> ReadSecret(const KubeClient& kube, std::string_view ns, const SecretKey& secret);

}  // namespace kubectl_ray
