// What applying an object would change, as `kubectl diff` prints it. Pure.
#pragma once

#include <string>

#include "kubectl-ray/apply/apply.h"

namespace kubectl_ray {

// Returns the unified diff of the object as it is stored and as it would be stored, both as YAML below the
// header `name`; an empty text if nothing would change. Left out are the status, what the API server itself
// writes into metadata, and kubectl's annotation of what it applied last. Values of a Secret are asterisks,
// as `kubectl diff` has them. Nothing is escaped.
std::string DiffOf(const ObjectPlan& plan, const std::string& name);

}  // namespace kubectl_ray
