// rayStartParams as KubeRay 1.7 and Ray 2.60 take them, made of what older ones took. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// Corrects a map of rayStartParams in place: values become strings, renamed options get today's name; options
// that `ray start` no longer has, and those that KubeRay sets itself, are removed, with a note under `field`.
// Only with `fault_tolerant` may redis-password stay. `line` is for params that have none of their own.
void ModernizeStartParams(Tree* params, const std::string& field, int line, bool fault_tolerant,
                          NoteList* notes);

// Returns custom resources in the only form that both the operator and Ray's autoscaler read: JSON in single
// quotes. `resources` is a map of names to numbers.
std::string CustomResources(const shared::Json& resources);

}  // namespace kubectl_ray
