// The flags of `session` and `session stop`.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

struct SessionFlags {
  std::string target;
  std::vector<std::string> ports;
  std::vector<std::string> addresses;
  bool open = false;
  bool routes = false;
  bool background = false;
  bool verbose = false;

  bool operator==(const SessionFlags&) const = default;
};

struct StopFlags {
  std::vector<std::string> names;
  bool all = false;

  bool operator==(const StopFlags&) const = default;
};

}  // namespace kubectl_ray
