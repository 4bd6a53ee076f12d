#include "kubectl-ray/commands/network_policy_flags.h"

namespace kubectl_ray {

void AddNetworkPolicyFlags(Leaf& leaf, NetworkPolicyOptions* options) {
  leaf.FlagGroup("Network policy");
  leaf.Flag(
      "--allow-from", &options->allow_from,
      "Who may use the dashboard, Ray's client server and Serve: namespace=NAME, label=KEY=VALUE (pods of "
      "this namespace), both with a comma between them, or a CIDR; may be repeated");
  leaf.Flag("--allow-to", &options->allow_to,
            "What the pods may connect to besides each other and DNS, at any port, in the same forms; may be "
            "repeated");
  leaf.Flag("--metrics-from", &options->metrics_from,
            "Who may read metrics, in the same forms; may be repeated [every pod of the Kubernetes cluster]");
  leaf.Flag(
      "--api-server", &options->api_server,
      "CIDR of the API server, which Ray's autoscaler calls; may be repeated [any address, at the ports "
      "443 and 6443]");
  leaf.Flag("--operator-namespace", &options->operator_namespace,
            "Namespace of KubeRay's operator, which asks the head how jobs and Serve are; empty: none")
      ->capture_default_str();
  leaf.FlagGroup("");
}

bool AnyNetworkPolicyFlag(const NetworkPolicyOptions& options) { return options != NetworkPolicyOptions(); }

}  // namespace kubectl_ray
