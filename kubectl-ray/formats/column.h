// A column of a table of objects.
#pragma once

#include <functional>
#include <string>

#include "shared/json.h"

namespace kubectl_ray {

struct Column {
  std::string header;
  std::function<std::string(const shared::Json&)> cell;  // of one object; pure
  bool wide = false;                                     // shown with -o wide only
};

}  // namespace kubectl_ray
