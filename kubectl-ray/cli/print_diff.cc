#include "kubectl-ray/cli/print_diff.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

// As git has it.
std::string_view ColorOf(std::string_view line) {
  if (line.starts_with("--- ") || line.starts_with("+++ ")) return "\033[1m";
  if (line.starts_with("@@ ")) return "\033[36m";
  if (line.starts_with('-')) return "\033[31m";
  return line.starts_with('+') ? "\033[32m" : "";
}

}  // namespace

void PrintDiff(Streams& io, std::string_view diff) {
  if (!io.out_is_terminal) {
    io.out << diff << std::flush;
    return;
  }
  while (!diff.empty()) {
    const std::string_view line = diff.substr(0, diff.find('\n'));
    diff.remove_prefix(std::min(line.size() + 1, diff.size()));
    const std::string_view color = io.color ? ColorOf(line) : "";
    io.out << color << shared::EscapeControl(line) << (color.empty() ? "" : "\033[0m") << '\n';
  }
  io.out << std::flush;
}

}  // namespace kubectl_ray
