#include "kubectl-ray/pods/pod_refusal.h"

#include <algorithm>

#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {
namespace {

using shared::StringAt;

// What admission says when it refuses a pod, whether that lasts, and the way out; if several match, the first
// one here is used. Source: plugin/pkg/admission/{resourcequota,limitranger,priority} of Kubernetes,
// apiserver/pkg/admission/plugin/{webhook,policy}, k8s.io/pod-security-admission, and OpenShift's
// apiserver-library-go/pkg/securitycontextconstraints.
struct Refusal {
  std::string_view words;
  bool lasts;
  std::string_view way_out;
};
constexpr std::string_view kPolicyWay =
    "Change what it names by --pod-template or --set, or ask who keeps that policy.";
constexpr std::string_view kRangeWay =
    "Ask for CPU and memory that the namespace's LimitRange lets in (`kubectl describe limitrange`); "
    "--head-cpu-limit and --worker-cpu-limit set the limits of CPU.";
constexpr Refusal kRefusals[] = {
    {"violates PodSecurity \"restricted", true,
     "`--pod-security restricted` gives the pods the securityContext it asks for; their image may not run as "
     "root, and what else it names has to be left out."},
    {"violates PodSecurity", true,
     "Leave out what it names, or have the namespace's Pod Security level changed."},
    {"must specify limits.cpu", true,
     "The namespace's quota wants limits: give --head-cpu-limit and --worker-cpu-limit."},
    {"must specify limits.", true,
     "The namespace's quota wants limits: give resources.limits of the first container by --pod-template."},
    {"must specify requests.", true,
     "The namespace's quota wants requests: give them by the flags for CPU and memory."},
    {"exceeded quota", false,
     "`kubectl describe quota` shows what is used: ask for less, delete some of it, or have it raised."},
    {"must be less than or equal to cpu limit", true,
     "The namespace's LimitRange sets a CPU limit below what is asked for: raise it by --head-cpu-limit and "
     "--worker-cpu-limit, or ask for less."},
    {"must be less than or equal to", true, kRangeWay},
    {"limit to request ratio", true, kRangeWay},
    {" usage per Container is ", true, kRangeWay},
    {" usage per Pod is ", true, kRangeWay},
    {"denied the request", true, kPolicyWay},
    {"denied request: ", true, kPolicyWay},
    {"security context constraint", true,
     "Leave out what it names, or have the pods' ServiceAccount given a SecurityContextConstraints that "
     "allows it (`oc adm policy add-scc-to-user`)."},
    {"no PriorityClass with name", true, "`kubectl get priorityclass` shows those there are."},
    {"the pod is invalid: ", true, ""},
};

const Refusal* Find(std::string_view refusal) {
  for (const Refusal& known : kRefusals)
    if (refusal.find(known.words) != refusal.npos) return &known;
  return nullptr;
}

// Reads "limits.cpu=2,pods=1", which ends at the first word that is not NAME=QUANTITY.
QuotaUsage AmountsAfter(std::string_view text, std::string_view title) {
  QuotaUsage amounts;
  const std::size_t begin = text.find(title);
  if (begin == text.npos) return amounts;
  text.remove_prefix(begin + title.size());
  text = text.substr(0, text.find_first_of(" ;"));
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos) continue;
    if (auto amount = Quantity::Parse("amount", pair.substr(equals + 1)))
      amounts[std::string(pair.substr(0, equals))] = *amount;
  }
  return amounts;
}

// The pod asks for more than the whole quota, or than `own` leaves of it.
bool CanNeverFit(std::string_view refusal, const QuotaUsage& own) {
  const QuotaUsage limited = AmountsAfter(refusal, ", limited: ");
  for (const auto& [name, requested] : AmountsAfter(refusal, ", requested: ")) {
    const auto limit = limited.find(name), taken = own.find(name);
    const Quantity wanted = taken == own.end() ? requested : requested + taken->second;
    if (limit != limited.end() && limit->second < wanted) return true;
  }
  return false;
}

constexpr std::string_view kForbidden = "\" is forbidden: ", kInvalid = "\" is invalid: ";

// Each attempt to make a pod has another name.
std::string WithoutName(std::string message) {
  if (const std::size_t at = message.find(kForbidden); at != message.npos)
    return message.substr(at + kForbidden.size());
  if (const std::size_t at = message.find(kInvalid); at != message.npos)
    return "the pod is invalid: " + message.substr(at + kInvalid.size());
  return message;
}

}  // namespace

std::string WhyPodsAreRefused(const shared::Json& owner) {
  const shared::Json& failure = ConditionOf(owner, "ReplicaFailure");
  if (StringAt(failure, {"status"}) != "True") return "";
  return "pods are refused: " + WithoutName(InOneLine(StringAt(failure, {"message"})));
}

std::string RefusedPod(const shared::Json& owner) {
  const std::string message = StringAt(ConditionOf(owner, "ReplicaFailure"), {"message"});
  const std::size_t end = std::min(message.find(kForbidden), message.find(kInvalid));
  if (end == message.npos || end == 0) return "";
  const std::size_t quote = message.rfind('"', end - 1);
  return quote == message.npos ? "" : message.substr(quote + 1, end - quote - 1);
}

std::string WhyPodsAreNotMade(const std::vector<shared::Json>& events, std::string_view since) {
  constexpr std::size_t kSeconds = std::string_view("2026-01-01T00:00:00").size();  // fractions are optional
  std::string newest(since.substr(0, kSeconds)), why;
  bool made = false;  // by the newest event; in the same second it came after the refusals
  for (const shared::Json& event : events) {
    const std::string reason = StringAt(event, {"reason"});
    if (reason != "FailedCreate" && reason != "SuccessfulCreate") continue;
    std::string time = StringAt(event, {"lastTimestamp"});
    if (time.empty()) time = StringAt(event, {"eventTime"});
    time = time.substr(0, kSeconds);
    if (time < newest || (time == newest && made)) continue;
    newest = time;
    made = reason == "SuccessfulCreate";
    why = made ? "" : "pods are refused: " + WithoutName(InOneLine(StringAt(event, {"message"})));
  }
  return why;
}

bool IsLastingRefusal(std::string_view refusal, const QuotaUsage& own) {
  const Refusal* known = Find(refusal);
  return (known != nullptr && known->lasts) || CanNeverFit(refusal, own);
}

std::string WayOutOfRefusal(std::string_view refusal) {
  const Refusal* known = Find(refusal);
  return known == nullptr ? "" : std::string(known->way_out);
}

}  // namespace kubectl_ray
