// Objects on stdout in the machine-readable forms: yaml, json, name.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// Whether a command that makes things can print them so: empty, yaml, json, name; and --dry-run none, client,
// server.
shared::Status CheckOutput(const std::string& output, const std::string& dry_run);

// Empty means yaml. Several objects: YAML documents, a JSON List, a line each. managedFields are left out.
void PrintObjects(Streams& io, const std::string& output, std::vector<shared::Json> objects);

// "raycluster.ray.io/demo", "deployment.apps/demo-head", "service/demo-head-svc".
std::string ObjectName(const shared::Json& object);

}  // namespace kubectl_ray
