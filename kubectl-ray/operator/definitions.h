// KubeRay's resource definitions (CRDs), which this program carries, so that an install fetches nothing.
#pragma once

#include <vector>

#include "kubectl-ray/operator/release.h"

namespace kubectl_ray {

// The definitions of a release as its Go module has them (config/crd/bases), by name. They are unpacked at
// each call, about 400 KB of JSON for each. Source: definitions.jsonl, which share-definitions wrote.
// kInternal: this program is broken.
shared::Result<std::vector<shared::Json>> DefinitionsOf(const OperatorRelease& release);

// Puts shared parts back: the last line of `text`, in which {"$": N} stands for line N of those before it.
// kInternal for anything else than share-definitions writes.
shared::Result<shared::Json> Unshare(std::string_view text);

}  // namespace kubectl_ray
