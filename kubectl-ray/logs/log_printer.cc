#include "kubectl-ray/logs/log_printer.h"

#include <array>
#include <functional>

#include "kubectl-ray/logs/terminal_line.h"
#include "shared/text.h"

namespace kubectl_ray {

std::string LogPrinter::Prefix(const RayPod& pod) const {
  if (!prefix_) return {};
  if (!io_.color || !io_.out_is_terminal) return "[" + pod.name + "] ";
  // Colours that can be distinguished on light and dark backgrounds; none that means an error.
  static constexpr std::array kColors = {"36", "32", "33", "35", "34", "96", "92", "93", "95", "94"};
  const std::size_t chosen = std::hash<std::string>()(pod.name) % kColors.size();
  return "\033[" + std::string(kColors[chosen]) + "m[" + pod.name + "]\033[0m ";
}

bool LogPrinter::Print(const RayPod& pod, std::string_view timestamp, std::string_view text) {
  if (!options_.component.empty() && !IsOfComponent(text, options_.component)) return true;
  if (options_.grep && !options_.grep->Matches(std::string(text))) return true;
  std::string prefix = Prefix(pod);
  if (options_.timestamps && !timestamp.empty()) prefix.append(timestamp).append(" ");
  std::string line = io_.out_is_terminal ? TerminalLine(text, prefix, io_.color) : prefix.append(text);
  line += '\n';
  std::lock_guard lock(mutex_);
  io_.out << line;
  if (options_.follow) io_.out.flush();
  return io_.out.good();
}

void LogPrinter::Say(const std::string& message) {
  std::lock_guard lock(mutex_);
  io_.out.flush();
  io_.err << shared::EscapeControl(message) << std::endl;
}

void LogPrinter::Flush() {
  std::lock_guard lock(mutex_);
  io_.out.flush();
}

}  // namespace kubectl_ray
