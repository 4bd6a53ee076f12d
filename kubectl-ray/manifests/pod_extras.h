// The short forms in which flags say what pods shall have beside Ray.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

using shared::Json;

// KEY[=VALUE][:EFFECT] each, EFFECT NoSchedule, PreferNoSchedule or NoExecute; a list of Tolerations.
shared::Result<Json> ParseTolerations(const std::vector<std::string>& values);

// NAME=VALUE each; a list of EnvVars. A later value of a name replaces an earlier one.
shared::Result<Json> ParseEnv(const std::vector<std::string>& values);

// SOURCE:PATH[:ro] each; Volumes and VolumeMounts are appended.
shared::Status ParseVolumes(const std::vector<std::string>& values, Json* volumes, Json* mounts);

// A PodTemplateSpec to merge: YAML text, or the name of a file of it; empty: null.
shared::Result<Json> ParsePodTemplate(const std::string& text_or_file);

}  // namespace kubectl_ray
