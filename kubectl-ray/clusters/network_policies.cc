#include "kubectl-ray/clusters/network_policies.h"

#include "kubectl-ray/kinds/network_policies.h"
#include "kubectl-ray/manifests/deployments.h"

namespace kubectl_ray {

using shared::Json;
using shared::StringAt;

shared::Status ApplyNetworkPolicies(const KubeClient& kube, const Json& owner, bool dry_run,
                                    std::vector<Json>* policies) {
  for (Json& policy : *policies) {
    Json& metadata = policy["metadata"];
    // What the server adds is not ours to apply.
    Json applied = {
        {"name", metadata["name"]}, {"namespace", metadata["namespace"]}, {"labels", metadata["labels"]}};
    if (!owner.is_null()) applied["ownerReferences"] = OwnerReferences(owner);
    metadata = std::move(applied);
    ASSIGN_OR_RETURN(policy,
                     kube.Apply(kNetworkPolicies, StringAt(policy, {"metadata", "namespace"}),
                                StringAt(policy, {"metadata", "name"}), policy, {.dry_run = dry_run}));
  }
  return shared::Ok();
}

shared::Unexpected<shared::Error> TakeBackNetworkPolicies(const KubeClient& kube,
                                                          const std::vector<Json>& policies,
                                                          shared::Error refusal) {
  for (const Json& policy : policies) {
    const std::string ns = StringAt(policy, {"metadata", "namespace"});
    const std::string name = StringAt(policy, {"metadata", "name"});
    const auto gone = kube.Delete(kNetworkPolicies, ns, name);
    if (gone || gone.error().code == shared::ErrorCode::kNotFound) continue;
    refusal.hint += (refusal.hint.empty() ? "" : " ") +
                    ("What was made before could not be taken back (" + gone.error().message +
                     "); `kubectl delete networkpolicy " + name + " -n " + ns + "` does.");
  }
  return shared::Unexpected(std::move(refusal));
}

}  // namespace kubectl_ray
