#include "kubectl-ray/convert/group_names.h"

#include <cctype>

#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kLongest = 40;

// An inner capital begins a word: rayWorkerType is ray-worker-type.
std::string KebabCase(std::string_view name) {
  std::string kebab;
  bool lower_before = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = byte < 0x80 && std::isalnum(byte) != 0;
    const bool upper = letter && std::isupper(byte) != 0;
    if ((!letter || (upper && lower_before)) && !kebab.empty() && kebab.back() != '-') kebab += '-';
    if (letter) kebab += static_cast<char>(std::tolower(byte));
    lower_before = letter && !upper;
  }
  kebab = kebab.substr(0, kLongest);
  while (kebab.ends_with('-')) kebab.pop_back();
  return kebab.empty() ? "workers" : kebab;
}

}  // namespace

std::string GroupNames::Unique(std::string_view name) {
  const std::string base = KebabCase(name);
  std::string unique = base == kHeadGroupName ? base + "-workers" : base;
  for (int number = 2; !taken_.insert(unique).second; ++number) unique = base + "-" + std::to_string(number);
  return unique;
}

}  // namespace kubectl_ray
