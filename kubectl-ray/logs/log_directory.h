// Where a pod's Ray keeps its log files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kubectl_ray {

// A command for exec in a Ray container: runs `script` by sh, in which $logs is the directory of the session
// whose raylet runs there, and $1, $2 ... are `arguments`. The raylet's own arguments name the session,
// whichever of rayStartParams temp-dir (the head's, for a worker), $RAY_TMPDIR and $TMPDIR it comes from;
// if none runs, $logs is that of the latest session below /tmp/ray, Ray's default. Pure.
// Source: --session_dir in _private/services.py of Ray 2.9.3 to 2.60.
std::vector<std::string> InLogDirectory(std::string_view script,
                                        const std::vector<std::string>& arguments = {});

}  // namespace kubectl_ray
