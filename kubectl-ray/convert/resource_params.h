// How many CPUs, GPUs and other resources a Ray node has: what the old autoscaler detected in a pod, and what
// KubeRay 1.7 detects. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// Sets num-cpus, num-gpus, memory, object-store-memory and resources in `params` where KubeRay would come to
// another figure than the old autoscaler: that took `resources` (its rayResources) first, then the smaller of
// the container's request and limit, rounded up, else 0, and never what `ray start` said. `field` and `line`
// are those of `resources`.
void SetResourceParams(Tree* params, const Tree& container, const Tree& resources, const std::string& field,
                       int line, NoteList* notes);

}  // namespace kubectl_ray
