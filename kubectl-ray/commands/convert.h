// The flags of `convert`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/convert/convert.h"

namespace kubectl_ray {

struct ConvertFlags {
  std::vector<std::string> files;
  bool recursive = false;
  ConvertOptions options;
  bool without_operator = false;
  bool check = false;
  std::string output;

  bool operator==(const ConvertFlags&) const = default;
};

}  // namespace kubectl_ray
