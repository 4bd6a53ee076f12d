// Prints objects on stdout in machine-readable forms: yaml, json, name.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// kUsage if a command that makes objects cannot print them in this form (it can: empty, yaml, json, name), or
// if `dry_run` is not none, client or server.
shared::Status CheckOutput(const std::string& output, const std::string& dry_run);

// Prints the objects; an empty `output` means yaml. Several objects are YAML documents, a JSON List, or a
// line each. managedFields are left out.
void PrintObjects(Streams& io, const std::string& output, std::vector<shared::Json> objects);

// Returns "raycluster.ray.io/demo", "deployment.apps/demo-head", "service/demo-head-svc" and the like.
std::string ObjectName(const shared::Json& object);

}  // namespace kubectl_ray
