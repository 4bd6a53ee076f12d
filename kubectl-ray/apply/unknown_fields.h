// Fields that a definition of a kind does not know, and what was probably meant. Pure.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

struct UnknownField {
  std::string field;  // field_path.h
  std::string near;   // a field of the same place that is spelt nearly so, or empty

  bool operator==(const UnknownField&) const = default;
};

// Returns the fields of the object that the definition (a CustomResourceDefinition) does not know in the
// object's version: the topmost ones alone, in the order of the object. Nothing if it has no such version.
std::vector<UnknownField> FieldsUnknownTo(const shared::Json& definition, const shared::Json& object);

}  // namespace kubectl_ray
