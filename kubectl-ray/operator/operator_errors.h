// What goes wrong in the operator's pods.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

inline constexpr std::size_t kMostOperatorErrors = 5;

struct OperatorErrors {
  std::vector<std::string> pods;  // clauses about pods that are not well, as HealthOf() has them
  std::vector<std::string> log;   // the last errors that it logged, each once
  bool ends_again = false;        // it ends as often as it is started
};

// Looks at the pods of the operator's Deployment and at the end of their logs. None of the texts is escaped.
// What may not be read counts as empty. Blocks for a few requests.
OperatorErrors FindOperatorErrors(const KubeClient& kube, const Json& deployment);

// The last kMostOperatorErrors errors in a log of the operator, each once, in the order of their last lines.
// The operator logs by zap (a JSON object a line: level, msg, error); a Go panic counts as well. Pure.
std::vector<std::string> ErrorsInLog(std::string_view log);

}  // namespace kubectl_ray
