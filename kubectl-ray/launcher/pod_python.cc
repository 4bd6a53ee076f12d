#include "kubectl-ray/launcher/pod_python.h"

namespace kubectl_ray {

namespace {

constexpr const char* kRunPython =
    "python=$(command -v python3 || command -v python) || "
    "{ echo 'the container has no Python in its PATH' >&2; exit 127; }; exec \"$python\" -I -c \"$@\"";

}  // namespace

std::vector<std::string> PythonCommand(const char* program, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"sh", "-c", kRunPython, "sh", program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace kubectl_ray
