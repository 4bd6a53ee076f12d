// What `operator install` and `operator upgrade` have in common: the same plan, from another beginning.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

struct ChangeOperatorFlags {
  std::string version;
  std::string image;
  std::string gates;
  bool namespaced = false;
  std::string part = "all";
  bool adopt = false;
  bool yes = false;
  std::string dry_run = "none";
  std::string output;
  bool wait = false;
  std::string timeout = "5m";

  bool operator==(const ChangeOperatorFlags&) const = default;
};

enum class OperatorChange {
  kInstall,  // there is none, or one of this release
  kUpgrade,  // one is there: preflight, and its definitions may get older
};

// Declares the flags of both.
void AddChangeOperatorFlags(Leaf& leaf, ChangeOperatorFlags* flags);

shared::Result<int> ChangeOperator(const ChangeOperatorFlags& flags, OperatorChange change,
                                   CommandContext& context);

}  // namespace kubectl_ray
