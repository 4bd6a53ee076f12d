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

std::vector<std::string> Leaf::words_beside_files(const CLI::Option* option) const {
  const auto found = beside_files_.find(option);
  return found == beside_files_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace kubectl_ray
