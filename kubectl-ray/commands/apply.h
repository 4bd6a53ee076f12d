// The flags of `apply`.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

struct ApplyFlags {
  std::vector<std::string> files;
  bool recursive = false;
  std::string dry_run = "none";
  std::string output;
  bool diff = false;
  bool yes = false;
  bool force_conflicts = false;
  bool ignore_rules = false;
  std::string field_manager = "kubectl-ray";
  bool server_side = false;  // taken for kubectl's sake

  bool operator==(const ApplyFlags&) const = default;
};

}  // namespace kubectl_ray
