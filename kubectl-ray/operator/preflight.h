// What may go wrong when an operator that is there is replaced by another release. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kubectl-ray/operator/release.h"

namespace kubectl_ray {

// Whatever is looked at, of all namespaces that the operator looks after.
struct PreflightInput {
  const OperatorRelease* target = nullptr;
  shared::Json deployment;                     // the operator's, as it will be
  std::vector<shared::Json> live_definitions;  // KubeRay's, as they are
  std::vector<shared::Json> definitions;       // as they will be
  bool replaces_definitions = true;            // else those that are there stay
  std::vector<std::string> services;           // RayServices: "NAMESPACE/NAME"
  // Ray's version → clusters that have it, "NAMESPACE/NAME".
  std::map<std::string, std::vector<std::string>> ray_versions;
  // Field that the new definitions do not know → objects that have it, "rayjob NAMESPACE/NAME".
  std::map<std::string, std::vector<std::string>> lost_fields;
  std::vector<std::string> not_seen;  // kinds that may not be listed, with the reason
};

struct PreflightFinding {
  bool fatal = false;
  std::string text;     // a clause, not escaped
  std::string way_out;  // a sentence; empty: there is nothing to do

  bool operator==(const PreflightFinding&) const = default;
};

// Fatal: a gate that the operator does not know, on which it exits; a stored version that the new definitions
// do not have, which the API server refuses. Warnings: stored objects of v1alpha1; fields that are lost;
// RayServices, whose specification the new operator writes into their clusters
// (ray-operator/controllers/ray/rayservice_controller.go); clusters whose Ray hangs under KubeRay's probes.
std::vector<PreflightFinding> Preflight(const PreflightInput& input);

// Adds what one object says to `input`.
void AddToPreflight(const shared::Json& object, PreflightInput* input);

}  // namespace kubectl_ray
