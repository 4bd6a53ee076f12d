#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {

Names Leaf::names_of(const CLI::Option* option) const {
  const auto found = names_.find(option);
  return found == names_.end() ? Names() : found->second;
}

LocalNames Leaf::local_names_of(const CLI::Option* option) const {
  const auto found = local_names_.find(option);
  return found == local_names_.end() ? LocalNames() : found->second;
}

}  // namespace kubectl_ray
