#include "kubectl-ray/services/serve_state.h"

#include <sstream>

#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {
namespace {

std::string WithoutFrames(const std::string& message) {
  std::istringstream lines(message);
  std::string before, line, last;
  bool in_traceback = false;
  while (std::getline(lines, line)) {
    if (line.find("Traceback (most recent call last):") != line.npos) in_traceback = true;
    if (!in_traceback) before += line + "\n";
    if (line.find_first_not_of(" \t\r") != line.npos) last = line;
  }
  if (!in_traceback) return InOneLine(message);
  before = InOneLine(before);
  if (before.empty()) return last;
  return before + (before.back() == ':' ? " " : "; ") + last;
}

}  // namespace

std::string ServeStateInWords(const std::string& noun, const std::string& name, const std::string& status,
                              const std::string& message) {
  return noun + " \"" + name + "\" is " + status + (message.empty() ? "" : ": " + WithoutFrames(message));
}

}  // namespace kubectl_ray
