// Checks of the ways between the pods of a cluster. Pure.
#pragma once

#include <string>

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// Whether the NetworkPolicies of the namespace let head and workers reach each other and the name server, as
// far as the policies say it: a network that does not enforce them lets everything through. A rule with an
// ipBlock counts as one that allows.
Findings CheckPolicies(const Facts& facts);

// Whether the name of the head's Service resolves in the pods in which it was looked up.
Findings CheckLookups(const Facts& facts);

// Whether the connections that were tried from inside the pods were made.
Findings CheckConnections(const Facts& facts);

// Returns the name of a NetworkPolicy that keeps a pod of the namespace with these labels from the head's
// GCS; empty if none does, or if the policies may not be read.
std::string PolicyAgainst(const Facts& facts, const Json& labels);

// Whether a pod that such a policy keeps from the head could connect to it.
Findings CheckForbiddenWay(const Facts& facts);

// Whether a service mesh puts its proxy into the pods: strict mTLS cuts what it does not know.
Findings CheckMesh(const Facts& facts);

}  // namespace kubectl_ray
