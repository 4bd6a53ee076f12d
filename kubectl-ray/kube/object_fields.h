// What is built of the objects of a list (ListOptions::fields).
#pragma once

#include "shared/json_items.h"

namespace kubectl_ray {

// All but who has set which field, which is half of an object's bytes and which no list shows.
inline shared::JsonFields WithoutManagedFields() {
  return shared::JsonFields::Without({"metadata.managedFields"});
}

}  // namespace kubectl_ray
