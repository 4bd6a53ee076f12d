#include "kubectl-ray/operator/operator_errors.h"

#include <algorithm>

#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "shared/split.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::chrono::seconds kLongestAnswer(10);

std::string SelectorOf(const Json& deployment) {
  std::string selector;
  const Json& labels = At(deployment, {"spec", "selector", "matchLabels"});
  if (!labels.is_object()) return selector;
  for (const auto& [name, value] : labels.items())
    if (value.is_string()) selector += (selector.empty() ? "" : ",") + name + "=" + value.get<std::string>();
  return selector;
}

std::string ErrorInLine(std::string_view line) {
  if (line.starts_with("panic:")) return std::string(line);
  if (!line.starts_with('{')) return "";
  const auto entry = shared::ParseJson(line, 20);
  if (!entry) return "";
  const std::string level = StringAt(*entry, {"level"}), message = StringAt(*entry, {"msg"});
  if (level != "error" && level != "fatal" && level != "panic" && level != "dpanic") return "";
  const std::string error = StringAt(*entry, {"error"});
  return error.empty() || message.empty() ? message + error : message + ": " + error;
}

std::vector<std::string> ErrorsOfPod(const KubeClient& kube, const Json& pod, bool previous) {
  shared::HttpRequest request;
  request.deadline = shared::Deadline::After(kLongestAnswer);
  const auto answer =
      kube.Send(std::move(request),
                PodLogPath(StringAt(pod, {"metadata", "namespace"}), StringAt(pod, {"metadata", "name"}),
                           StringAt(At(pod, {"spec", "containers"})[0], {"name"})) +
                    "&tailLines=300&limitBytes=262144" + (previous ? "&previous=true" : ""));
  return answer ? ErrorsInLog(answer->body) : std::vector<std::string>();
}

}  // namespace

std::vector<std::string> ErrorsInLog(std::string_view log) {
  std::vector<std::string> errors;
  for (std::string_view line : shared::Split(log, '\n')) {
    std::string error = InOneLine(ErrorInLine(line));
    if (error.empty()) continue;
    std::erase(errors, error);
    errors.push_back(std::move(error));
    if (errors.size() > kMostOperatorErrors) errors.erase(errors.begin());
  }
  return errors;
}

OperatorErrors FindOperatorErrors(const KubeClient& kube, const Json& deployment) {
  OperatorErrors found;
  if (std::string refusal = WhyPodsAreRefused(deployment); !refusal.empty())
    found.pods.push_back(std::move(refusal));
  const std::string selector = SelectorOf(deployment);
  if (selector.empty()) return found;
  const auto pods = kube.ListAll(kPods, StringAt(deployment, {"metadata", "namespace"}),
                                 {.label_selector = selector, .page_size = 20});
  if (!pods) return found;
  for (const Json& pod : *pods) {
    if (!StringAt(pod, {"metadata", "deletionTimestamp"}).empty()) continue;
    const PodHealth health = HealthOf(pod);
    const bool failing = health.state == PodState::kFailing;
    if (failing || health.state == PodState::kPending) found.pods.push_back(health.reason);
    found.ends_again = found.ends_again || failing;
    if (!At(pod, {"spec", "containers"}).is_array() || At(pod, {"spec", "containers"}).empty()) continue;
    std::vector<std::string> errors = ErrorsOfPod(kube, pod, false);
    if (errors.empty() && failing) errors = ErrorsOfPod(kube, pod, true);
    for (std::string& error : errors)
      if (std::find(found.log.begin(), found.log.end(), error) == found.log.end())
        found.log.push_back(std::move(error));
  }
  return found;
}

}  // namespace kubectl_ray
