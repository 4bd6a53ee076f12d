// Checks of the ways between the pods of a cluster. Pure.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

// Whether the NetworkPolicies of the namespace let head and workers reach each other and the name server, as
// far as the policies say it: a network that does not enforce them lets everything through. A rule with an
// ipBlock counts as one that allows.
Findings CheckPolicies(const Facts& facts);

// Whether the connections that were tried from inside the pods were made.
Findings CheckConnections(const Facts& facts);

// Whether a service mesh puts its proxy into the pods: strict mTLS cuts what it does not know.
Findings CheckMesh(const Facts& facts);

}  // namespace kubectl_ray
