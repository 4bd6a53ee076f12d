#include "kubectl-ray/cli/repaint.h"

#include <algorithm>

namespace kubectl_ray {

std::string Repaint(std::string_view screen, int height) {
  std::string painted = "\033[H";
  for (int row = 1; !screen.empty(); ++row) {
    const std::size_t end = std::min(screen.find('\n'), screen.size());
    const bool cut = row >= height - 1 && end + 1 < screen.size();
    painted.append(cut ? "..." : screen.substr(0, end)).append("\033[K\n");
    if (cut) break;
    screen.remove_prefix(std::min(end + 1, screen.size()));
  }
  return painted + "\033[J";
}

}  // namespace kubectl_ray
