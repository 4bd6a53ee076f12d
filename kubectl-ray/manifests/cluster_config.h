// `create cluster --file`: the official plugin's configuration file.
// Source: kubectl-plugin/pkg/util/generation/generation.go of KubeRay 1.7.
#pragma once

#include <string_view>

#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// Reads the file's text into a copy of `defaults`; a list of worker groups replaces the default one. `name`
// is the file's, for messages. kUsage names line and column of an unknown key (and a near one) or of a value
// of the wrong type.
shared::Result<ClusterSpec> ParseClusterConfig(std::string_view name, std::string_view text,
                                               ClusterSpec defaults);

}  // namespace kubectl_ray
