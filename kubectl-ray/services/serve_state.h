// The state of an application of Ray Serve, of a deployment in it, in words. Pure.
#pragma once

#include <string>

namespace kubectl_ray {

// Returns `application "fruit" is DEPLOY_FAILED: ` and the message in one line, not escaped. Of a Python
// traceback, which is some kilobytes of Ray's own frames, it has what stands before it and its last line, the
// exception; `-o json` has all of it.
std::string ServeStateInWords(const std::string& noun, const std::string& name, const std::string& status,
                              const std::string& message);

}  // namespace kubectl_ray
