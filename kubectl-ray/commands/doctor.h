// The flags of `doctor`.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

struct DoctorFlags {
  std::string cluster;
  std::string filename;
  std::string output;
  std::vector<std::string> suppress;
  std::string report;
  bool no_exec = false;
  std::string idle;  // a duration; empty: no silent stream
  bool probe = false;

  bool operator==(const DoctorFlags&) const = default;
};

}  // namespace kubectl_ray
