// The flags of `delete`.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

struct DeleteFlags {
  std::vector<std::string> targets;
  bool yes = false;
  bool wait = false;
  std::string timeout = "5m";

  bool operator==(const DeleteFlags&) const = default;
};

}  // namespace kubectl_ray
