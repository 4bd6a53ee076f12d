// The flags of `operator uninstall`.
#pragma once

#include <string>

namespace kubectl_ray {

struct OperatorUninstallFlags {
  bool delete_objects = false;
  bool keep_objects = false;
  std::string delete_definitions;  // a number as typed; empty: they stay
  bool adopt = false;
  bool yes = false;
  std::string timeout = "5m";

  bool operator==(const OperatorUninstallFlags&) const = default;
};

}  // namespace kubectl_ray
