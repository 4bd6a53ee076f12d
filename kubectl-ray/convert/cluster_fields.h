// A spec with headGroupSpec and worker groups, as all of KubeRay's versions and Microsoft's operator have it,
// made fit for ray.io/v1 and KubeRay 1.7 field by field; what is right already stays as it is written. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

enum class Origin { kMicrosoft, kKubeRay };

// `metadata` is that of the object that the cluster's annotations come from; `path` that of the spec ("spec",
// "spec.rayClusterSpec").
void ModernizeClusterSpec(Tree* spec, Tree* metadata, const std::string& path, Origin origin,
                          const ConvertOptions& options, NoteList* notes);

}  // namespace kubectl_ray
