// Label selectors as objects of Kubernetes hold them. Pure.
#pragma once

#include "shared/json.h"

namespace kubectl_ray {

// Returns whether `labels` satisfy a list of {key, operator, values}: In, NotIn, Exists, DoesNotExist, and of
// nodes Gt and Lt. What is no list is satisfied, and so is an operator that is not known.
bool MatchesExpressions(const shared::Json& expressions, const shared::Json& labels);

// Returns whether `labels` satisfy a LabelSelector (matchLabels and matchExpressions); an empty one matches
// everything.
bool MatchesSelector(const shared::Json& selector, const shared::Json& labels);

}  // namespace kubectl_ray
