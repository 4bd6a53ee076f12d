// Plans as people and programs read them.
#pragma once

#include <ostream>
#include <string>

#include "kubectl-ray/apply/apply.h"
#include "kubectl-ray/apply/manifest.h"

namespace kubectl_ray {

// "created", "configured" or "unchanged", as kubectl says it; "checked" if no API server was asked.
std::string_view OutcomeText(ObjectPlan::Outcome outcome);

// Prints each change on a line, with what it does on the next one. Values are cut, and what a terminal would
// obey is escaped. `manifest`: where the object comes from, for the lines; may be null.
void PrintChanges(std::ostream& out, const ObjectPlan& plan, const Manifest* manifest);

// {"file", "line", "outcome", "object", "changes": [{"field", "line", "before", "after", "effect", "why"}]};
// a Secret without its values.
shared::Json PlanToJson(const ObjectPlan& plan, const Manifest& manifest);

}  // namespace kubectl_ray
