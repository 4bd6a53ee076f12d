// Reads the schemas in KubeRay's resource definitions: of which release they are, how two differ, and what an
// object has that a schema does not know. Pure. Members of a wrong type count as not there.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// The first release that has the fields of this definition, such as "1.6" or "1.5.1", since KubeRay writes no
// version into it (its controller-gen annotation is the same for several). Later patch releases have equal
// schemas. "before 1.1" if it has none of these fields; empty if it is no definition
// of KubeRay's.
std::string ReleaseOfDefinition(const shared::Json& definition);

struct FieldChanges {
  std::vector<std::string> added;  // "spec.authOptions.secretName"; the topmost field alone
  std::vector<std::string> removed;

  bool operator==(const FieldChanges&) const = default;
};

// What `after` has in its version v1 that `before` does not have, and the other way round, in the order of
// the schemas.
FieldChanges CompareDefinitions(const shared::Json& before, const shared::Json& after);

// The fields of an object that the definition's v1 does not know: the API server takes them out of it at the
// next write. Indexes of lists are left out: "spec.workerGroupSpecs[].priority"; each field once.
std::vector<std::string> UnknownFields(const shared::Json& object, const shared::Json& definition);

}  // namespace kubectl_ray
