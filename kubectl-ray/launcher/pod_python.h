// Programs that run in a pod for what the shell does not do well: every image with Ray has Python.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

// Returns the command that runs a Python program (3.6 or later) with these arguments, apart from the user's
// own modules and settings. It ends with 127 if the container has no Python in its PATH, and says so. Pure.
std::vector<std::string> PythonCommand(const char* program, const std::vector<std::string>& arguments);

}  // namespace kubectl_ray
