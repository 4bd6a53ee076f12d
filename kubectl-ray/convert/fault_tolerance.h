// Fault tolerance of the GCS (its state in Redis): from the annotations and variables of KubeRay until 1.2 to
// spec.gcsFaultToleranceOptions, beside which KubeRay 1.7 refuses them. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// Corrects a cluster's spec and the metadata that its annotations come from. RAY_REDIS_ADDRESS without the
// annotation is refused today, and becomes redisAddress; beside gcsFaultToleranceOptions the old ways are
// removed, and what they say and the options do not moves there. Returns whether the cluster is fault
// tolerant.
bool MoveFaultTolerance(Tree* spec, Tree* metadata, const std::string& path, NoteList* notes);

}  // namespace kubectl_ray
