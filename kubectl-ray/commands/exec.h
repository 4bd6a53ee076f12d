// The flags of `exec` and `attach`.
#pragma once

#include <string>

namespace kubectl_ray {

struct ExecFlags {
  std::string target;
  std::string container;
  bool with_stdin = false;
  bool tty = false;

  bool operator==(const ExecFlags&) const = default;
};

}  // namespace kubectl_ray
