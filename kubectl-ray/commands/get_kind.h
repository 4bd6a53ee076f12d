// `get` for the objects of one kind of the table (kinds/kinds.h): get job, get service.
#pragma once

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/kinds/kinds.h"

namespace kubectl_ray {

// Declares the leaf; `kind` must outlive it.
void GetKind(Leaf& leaf, const Kind& kind);

}  // namespace kubectl_ray
