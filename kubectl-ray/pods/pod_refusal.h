// Why pods are not even made: the API server refuses them (a quota, Pod Security, an admission webhook).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/pods/quota_usage.h"
#include "shared/json.h"

namespace kubectl_ray {

// Returns why the owner of pods (a Deployment, a RayCluster) cannot make them, as a clause in one line, not
// escaped: `pods are refused: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2`. The
// pod's name is left out, as each attempt has another one. Empty if it can.
std::string WhyPodsAreRefused(const shared::Json& owner);

// Returns the name of the pod that is refused, which no pod has and which is another one at the next attempt;
// empty if the owner's condition does not say it.
std::string RefusedPod(const shared::Json& owner);

// Returns the same clause for an owner that has no condition for it, such as a batch Job, by the events about
// it: that of the newest about making pods, if it is a refusal. Events before `since` (RFC 3339, in UTC) are
// of an earlier owner of that name. Source: RealPodControl in pkg/controller/controller_utils.go of
// Kubernetes.
std::string WhyPodsAreNotMade(const std::vector<shared::Json>& events, std::string_view since);

// Returns whether such a refusal will not go away by itself: Pod Security, a policy, a LimitRange, a spec
// that is not valid, and a quota below what the pod asks for beside `own`, what pods take that stay. A quota
// that others use up may be free later.
bool IsLastingRefusal(std::string_view refusal, const QuotaUsage& own = {});

// Returns a sentence that says what to do about such a refusal; empty if its words do not show it.
std::string WayOutOfRefusal(std::string_view refusal);

}  // namespace kubectl_ray
