// The short forms in which flags say what pods shall have besides Ray.
#pragma once

#include <string>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

using shared::Json;

// Returns a list of Tolerations from KEY[=VALUE][:EFFECT], in which EFFECT is NoSchedule, PreferNoSchedule or
// NoExecute.
shared::Result<Json> ParseTolerations(const std::vector<std::string>& values);

// Returns a list of EnvVars from NAME=VALUE. A later value of a name replaces an earlier one.
shared::Result<Json> ParseEnv(const std::vector<std::string>& values);

// Appends Volumes and VolumeMounts from SOURCE:PATH[:ro].
shared::Status ParseVolumes(const std::vector<std::string>& values, Json* volumes, Json* mounts);

// Returns a PodTemplateSpec to be merged, from YAML text or from the file of this name; null if it is empty.
shared::Result<Json> ParsePodTemplate(const std::string& text_or_file);

}  // namespace kubectl_ray
