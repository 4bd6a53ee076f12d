// Where a pod's Ray keeps its log files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kubectl_ray {

// Returns a command for exec in a Ray container. It runs `script` by sh; in it $logs is the log directory of
// the session whose raylet runs there, and $1, $2 ... are `arguments`. The raylet's own arguments name the
// session, whether that comes from rayStartParams temp-dir (the head's, for a worker), $RAY_TMPDIR or
// $TMPDIR. If no raylet runs, $logs is that of the latest session below /tmp/ray, Ray's default. Pure.
// Source: --session_dir in _private/services.py of Ray 2.9.3 to 2.60.
std::vector<std::string> InLogDirectory(std::string_view script,
                                        const std::vector<std::string>& arguments = {});

}  // namespace kubectl_ray
