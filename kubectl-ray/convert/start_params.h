// rayStartParams as KubeRay 1.7 and Ray 2.60 take them, made of what older ones took. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

struct StartParamsAtHand {
  Tree* params;       // a map, or null
  std::string field;  // under which the notes are
  int line = 0;       // for params that have none of their own
  bool is_head = false;
  bool fault_tolerant = false;  // the GCS keeps its state in Redis: redis-password stays
};

// Corrects rayStartParams in place: values become strings, renamed options get today's name; options that
// `ray start` no longer has, that it would refuse, and that KubeRay sets itself are removed, with a note.
// What Ray would still refuse (shared/ray_start_params.h) needs a person.
void ModernizeStartParams(const StartParamsAtHand& at_hand, NoteList* notes);

// Returns custom resources in the only form that both the operator and Ray's autoscaler read: JSON in single
// quotes. `resources` is a map of names to numbers.
std::string CustomResources(const shared::Json& resources);

}  // namespace kubectl_ray
