// The command line of KubeRay's operator, which Go's package flag reads. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "shared/json.h"

namespace kubectl_ray {

// The value of a flag in a container's args: "--NAME=VALUE", "-NAME=VALUE" or "--NAME" "VALUE"; the last one
// counts. Nothing if it is not there.
std::optional<std::string> OperatorFlag(const shared::Json& args, const std::string& name);

// Replaces each of the flag's places in `args` by one "--NAME=VALUE" at the first of them, or adds it at the
// end.
void SetOperatorFlag(shared::Json* args, const std::string& name, const std::string& value);

// "A=true,B=false" → gate → whether it is on, as k8s.io/component-base/featuregate reads it. What is no
// boolean counts as off.
std::map<std::string, bool> ParseFeatureGates(const std::string& text);

}  // namespace kubectl_ray
