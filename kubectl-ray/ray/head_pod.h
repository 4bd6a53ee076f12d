// The head pod of a Ray cluster, of either kind: it serves the dashboard.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// A key of a Secret.
struct SecretKey {
  std::string name;
  std::string key;

  bool operator==(const SecretKey&) const = default;
};

struct HeadPod {
  std::string ns;
  std::string name;
  std::string uid;
  int restarts = 0;  // of Ray's container
  bool deleting = false;
  bool ready = false;
  std::string reason;  // why it is not ready, a clause as PodHealth has it; not escaped
  int dashboard_port = 8265;
  int client_port = 10001;
  std::optional<SecretKey> token;  // where the cluster's token is, if it asks for one

  bool operator==(const HeadPod&) const = default;
};

// Reads what matters of a pod of the head.
HeadPod ReadHeadPod(const Json& pod);

// The cluster's head pod by its labels: BestHead (kube/ray_pods.h), or one that does not run yet. kNotFound:
// there is none (yet); the hint says whether the cluster is there at all.
shared::Result<HeadPod> FindHead(const KubeClient& kube, std::string_view ns, std::string_view cluster);

// The value of `secret`, as it is. kInternal where the key is missing or is not base64.
shared::Result<std::string> ReadSecret(const KubeClient& kube, std::string_view ns, const SecretKey& secret);

}  // namespace kubectl_ray
