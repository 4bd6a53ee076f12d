#include "kubectl-ray/logs/log_directory.h"

namespace kubectl_ray {

std::vector<std::string> InLogDirectory(std::string_view script, const std::vector<std::string>& arguments) {
  constexpr std::string_view kFind =
      "logs=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' |"
      " sed -n 's|^--session_dir=\\(/.*/session_[^/]*\\)$|\\1/logs|p' | head -n 1)\n"
      "[ -d \"$logs\" ] || logs=/tmp/ray/session_latest/logs\n";
  std::vector<std::string> command = {"sh", "-c", std::string(kFind) + std::string(script), "sh"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace kubectl_ray
