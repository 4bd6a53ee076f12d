// The columns of `get node`: those of the official plugin, and some more with -o wide. Pure.
#pragma once

#include <vector>

#include "kubectl-ray/formats/column.h"
#include "kubectl-ray/formats/time.h"
#include "shared/json_items.h"

namespace kubectl_ray {

// Returns columns for Pod objects.
std::vector<Column> NodeColumns(bool with_namespace, const Clock& now);

// Returns what they read of a pod.
shared::JsonFields NodeFields();

}  // namespace kubectl_ray
