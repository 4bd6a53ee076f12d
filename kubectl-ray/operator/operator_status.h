// Whether KubeRay's operator is well, and whether it and its definitions fit together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/operator/operator_errors.h"
#include "kubectl-ray/operator/owner.h"

namespace kubectl_ray {

// What was read; what may not be read is in `not_seen`, with the server's reason.
struct OperatorFacts {
  struct Installed {
    Json deployment;
    OperatorErrors errors;
  };
  std::vector<Installed> operators;
  std::vector<Json> definitions;
  std::vector<std::string> not_seen;
};

struct OperatorState {
  std::string ns;
  std::string name;
  std::string version;  // the image's tag
  std::string image;
  bool ready = false;
  Owner owner;
  std::vector<std::string> watched;   // empty: all namespaces
  std::map<std::string, bool> gates;  // as its command line sets them
  std::vector<std::string> errors;
};

struct DefinitionState {
  std::string name;
  std::string release;  // ReleaseOfDefinition()
  Owner owner;
  std::vector<std::string> stored_versions;
};

struct OperatorReport {
  std::vector<OperatorState> operators;
  std::vector<DefinitionState> definitions;
  std::vector<std::string> problems;  // clauses with the way out; empty: all is well
  std::vector<std::string> not_seen;
};

// Blocks for several requests. `ns` is looked at where all namespaces may not be. Errors: those that speak of
// no single object (kUnavailable, kTimeout, kInterrupted).
shared::Result<OperatorFacts> GatherOperator(const KubeClient& kube, const std::string& ns);

// Pure.
OperatorReport DiagnoseOperator(const OperatorFacts& facts);

// Lines for a person, escaped; and an object for programs.
std::string RenderOperatorStatus(const OperatorReport& status);
Json OperatorStatusToJson(const OperatorReport& status);

}  // namespace kubectl_ray
