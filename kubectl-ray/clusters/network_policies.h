// A cluster's NetworkPolicies in the API server.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "shared/json.h"

namespace kubectl_ray {

// Applies the policies of NetworkPoliciesFor(), which then are as the server returned them. `owner`, an
// object as the server returned it, takes them along when it is deleted; null: nobody does yet. dry_run: the
// server judges them and stores nothing. Blocks for a request each. kConflict if another manager owns one of
// their fields.
shared::Status ApplyNetworkPolicies(const KubeClient& kube, const shared::Json& owner, bool dry_run,
                                    std::vector<shared::Json>* policies);

// Deletes them after what they are for was refused, and returns that refusal; its hint says which of them are
// still there.
shared::Unexpected<shared::Error> TakeBackNetworkPolicies(const KubeClient& kube,
                                                          const std::vector<shared::Json>& policies,
                                                          shared::Error refusal);

}  // namespace kubectl_ray
