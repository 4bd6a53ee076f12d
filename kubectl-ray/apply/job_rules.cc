#include "kubectl-ray/apply/job_rules.h"

#include <map>
#include <optional>
#include <utility>

#include "kubectl-ray/apply/cluster_rules.h"
#include "kubectl-ray/apply/rule_helpers.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::Json;
using shared::StringAt;

bool HasSelector(const Json& spec) {
  const Json& selector = At(spec, {"clusterSelector"});
  return selector.is_object() && !selector.empty();
}

bool Autoscales(const Json& spec) { return BoolAt(spec, {"rayClusterSpec", "enableInTreeAutoscaling"}); }
bool ShutsDown(const Json& spec) { return BoolAt(spec, {"shutdownAfterJobFinishes"}); }
bool IsMode(const Json& spec, const char* mode) { return StringAt(spec, {"submissionMode"}) == mode; }

std::string Below(const Json& spec, const char* key, std::int64_t least) {
  const auto value = Integer(spec, key);
  return value && *value < least ? "is " + std::to_string(*value) : "";
}

std::string Retries(const Json& spec, bool refused, const char* with) {
  const auto limit = Integer(spec, "backoffLimit");
  return refused && limit && *limit > 0 ? "is " + std::to_string(*limit) + ", with " + with : "";
}

std::string GivenInSidecarMode(const Json& spec, const char* key) {
  return IsMode(spec, "SidecarMode") && IsGiven(At(spec, {key})) ? "is set, with submissionMode SidecarMode"
                                                                 : "";
}

std::string NoCluster(const Json& spec) {
  return !HasSelector(spec) && !IsGiven(At(spec, {"rayClusterSpec"})) ? "is not given, nor is clusterSelector"
                                                                      : "";
}

std::string SidecarRestarts(const Json& spec) {
  const std::string policy =
      StringAt(spec, {"rayClusterSpec", "headGroupSpec", "template", "spec", "restartPolicy"});
  if (!IsMode(spec, "SidecarMode") || policy.empty() || policy == "Never") return "";
  return "is " + policy + ", with submissionMode SidecarMode";
}

std::string RuntimeEnv(const Json& spec) {
  const std::string text = StringAt(spec, {"runtimeEnvYAML"});
  if (text.empty()) return "";
  const auto value = ParseYaml("runtimeEnvYAML", text);
  if (!value) return "is no YAML: " + value.error().message;
  return value->is_object() || value->is_null() ? "" : "is no mapping";
}

struct JobRule {
  const char* field;
  std::string (*cause)(const Json& spec);  // empty: the rule is kept
  const char* remedy;
};

constexpr const char* kDeletesCluster = "Set it to true: a suspended RayJob's cluster is deleted.";

constexpr JobRule kJobRules[] = {
    {"shutdownAfterJobFinishes",
     [](const Json& s) {
       return std::string(BoolAt(s, {"suspend"}) && !ShutsDown(s) ? "is not true, but suspend is" : "");
     },
     kDeletesCluster},
    {"ttlSecondsAfterFinished", [](const Json& s) { return Below(s, "ttlSecondsAfterFinished", 0); },
     "Set it to 0 or more."},
    {"ttlSecondsAfterFinished",
     [](const Json& s) {
       const bool waits = Integer(s, "ttlSecondsAfterFinished").value_or(0) > 0;
       return std::string(waits && !ShutsDown(s) ? "is set, but shutdownAfterJobFinishes is not true" : "");
     },
     "Set shutdownAfterJobFinishes to true, or leave it out."},
    {"suspend",
     [](const Json& s) {
       return std::string(BoolAt(s, {"suspend"}) && HasSelector(s) ? "is true, with clusterSelector" : "");
     },
     "A RayJob on a cluster that is not its own cannot be suspended."},
    {"rayClusterSpec", NoCluster, "Describe a cluster, or name one by clusterSelector."},
    {"clusterSelector",
     [](const Json& s) {
       const bool named = !StringAt(s, {"clusterSelector", kClusterLabel}).empty();
       return HasSelector(s) && !named ? "has no " + std::string(kClusterLabel) : std::string();
     },
     "The cluster's name is its value; other labels do not count."},
    {"submissionMode",
     [](const Json& s) {
       return std::string(HasSelector(s) && IsMode(s, "SidecarMode") ? "is SidecarMode, with clusterSelector"
                                                                     : "");
     },
     "Use K8sJobMode or HTTPMode."},
    {"backoffLimit", [](const Json& s) { return Retries(s, HasSelector(s), "clusterSelector"); },
     "Set it to 0: a retry would make a new cluster."},
    {"backoffLimit",
     [](const Json& s) { return Retries(s, IsMode(s, "InteractiveMode"), "submissionMode InteractiveMode"); },
     "Set it to 0."},
    {"submitterPodTemplate", [](const Json& s) { return GivenInSidecarMode(s, "submitterPodTemplate"); },
     "Leave it out: the submitter is a container of the head's pod."},
    {"submitterConfig", [](const Json& s) { return GivenInSidecarMode(s, "submitterConfig"); },
     "Leave it out: the submitter is a container of the head's pod."},
    {"rayClusterSpec.headGroupSpec.template.spec.restartPolicy", SidecarRestarts,
     "Set it to Never, or leave it out."},
    {"rayClusterSpec.authOptions.enableK8sTokenAuth",
     [](const Json& s) {
       return std::string(BoolAt(s, {"rayClusterSpec", "authOptions", "enableK8sTokenAuth"})
                              ? "is true, which a RayJob does not support"
                              : "");
     },
     "Use authOptions.mode alone."},
    {"rayClusterSpec.upgradeStrategy.type",
     [](const Json& s) {
       return std::string(IsGiven(At(s, {"rayClusterSpec", "upgradeStrategy", "type"}))
                              ? "is set, which the cluster of a RayJob does not take"
                              : "");
     },
     "Leave it out."},
    {"runtimeEnvYAML", RuntimeEnv, "Write it as `runtimeEnvYAML: |`, with the mapping below it."},
    {"activeDeadlineSeconds", [](const Json& s) { return Below(s, "activeDeadlineSeconds", 1); },
     "Set it to 1 or more."},
    {"preRunningDeadlineSeconds", [](const Json& s) { return Below(s, "preRunningDeadlineSeconds", 1); },
     "Set it to 1 or more."},
    {"backoffLimit", [](const Json& s) { return Below(s, "backoffLimit", 0); }, "Set it to 0 or more."},
};

// --- spec.deletionStrategy --------------------------------------------------------------------------------

constexpr const char* kPolicies[] = {"DeleteWorkers", "DeleteCluster", "DeleteSelf"};  // in the order of time

// What a policy may not be in this spec; empty: it may.
std::string RefusedPolicy(const Json& spec, const std::string& policy) {
  if (HasSelector(spec) && (policy == "DeleteCluster" || policy == "DeleteWorkers"))
    return "is " + policy + ", with clusterSelector";
  if (Autoscales(spec) && policy == "DeleteWorkers") return "is DeleteWorkers, with an autoscaler";
  return "";
}

void CheckOldPolicies(const Json& spec, const std::string& prefix, std::vector<BrokenRule>* broken) {
  for (const char* when : {"onSuccess", "onFailure"}) {
    const std::string field = prefix + when + ".policy";
    const std::string policy = StringAt(spec, {"deletionStrategy", when, "policy"});
    if (policy.empty()) broken->push_back({field, "is not given", "onSuccess and onFailure go together."});
    if (std::string refused = RefusedPolicy(spec, policy); !refused.empty())
      broken->push_back({field, std::move(refused), "Use DeleteSelf or DeleteNone."});
    if (ShutsDown(spec) && policy == "DeleteNone")
      broken->push_back({field, "is DeleteNone, with shutdownAfterJobFinishes",
                         "Leave shutdownAfterJobFinishes out, or delete something."});
  }
}

// "jobStatus SUCCEEDED": the condition, if there is exactly one.
std::optional<std::string> ConditionOf(const Json& rule) {
  const std::string job = StringAt(rule, {"condition", "jobStatus"});
  const std::string deployment = StringAt(rule, {"condition", "jobDeploymentStatus"});
  if (job.empty() == deployment.empty()) return std::nullopt;
  return job.empty() ? "jobDeploymentStatus " + deployment : "jobStatus " + job;
}

// For each condition the seconds after which a policy acts.
using Delays = std::map<std::string, std::map<std::string, std::int64_t>>;

void CheckRule(const Json& spec, const Json& rule, const std::string& prefix, Delays* delays,
               std::vector<BrokenRule>* broken) {
  const auto condition = ConditionOf(rule);
  const std::int64_t seconds = Integer(At(rule, {"condition"}), "ttlSeconds").value_or(0);
  const std::string policy = StringAt(rule, {"policy"});
  if (!condition)
    broken->push_back({prefix + "condition", "names not exactly one of jobStatus and jobDeploymentStatus",
                       "Name one of both."});
  else if (seconds < 0)
    broken->push_back(
        {prefix + "condition.ttlSeconds", "is " + std::to_string(seconds), "Set it to 0 or more."});
  else if (std::string refused = RefusedPolicy(spec, policy); !refused.empty())
    broken->push_back({prefix + "policy", std::move(refused), "Use DeleteSelf or DeleteNone."});
  else if (!(*delays)[*condition].emplace(policy, seconds).second)
    broken->push_back(
        {prefix + "policy", "is " + policy + " for " + *condition + " again", "Take one away."});
}

// Workers go first, then the cluster, then the RayJob.
void CheckOrder(const Delays& delays, const std::string& field, std::vector<BrokenRule>* broken) {
  for (const auto& [condition, seconds] : delays) {
    std::optional<std::pair<std::string, std::int64_t>> last;
    for (const char* policy : kPolicies) {
      const auto found = seconds.find(policy);
      if (found == seconds.end()) continue;
      if (last && found->second < last->second)
        broken->push_back({field,
                           "let " + found->first + " act " + std::to_string(found->second) + " s after " +
                               condition + ", before " + last->first + ", at " +
                               std::to_string(last->second) + " s",
                           "Let workers go first, then the cluster, then the RayJob."});
      last.emplace(found->first, found->second);
    }
  }
}

void CheckDeletion(const Json& spec, const std::string& prefix, std::vector<BrokenRule>* broken) {
  const Json& strategy = At(spec, {"deletionStrategy"});
  if (!IsGiven(strategy)) return;
  const std::string below = prefix + "deletionStrategy.";
  const bool old = IsGiven(At(strategy, {"onSuccess"})) || IsGiven(At(strategy, {"onFailure"}));
  const Json& rules = At(strategy, {"deletionRules"});
  const bool has_rules = rules.is_array() && !rules.empty();
  if (has_rules && ShutsDown(spec))
    broken->push_back(
        {below + "deletionRules", "are set beside shutdownAfterJobFinishes", "Use one of both."});
  if (has_rules && old)
    broken->push_back(
        {below + "deletionRules", "are set beside onSuccess or onFailure", "Use deletionRules alone."});
  if (!has_rules && !old)
    broken->push_back(
        {prefix + "deletionStrategy", "has no deletionRules", "Give it rules, or leave it out."});
  if (old) return CheckOldPolicies(spec, below, broken);
  Delays delays;
  for (std::size_t i = 0; has_rules && i < rules.size(); ++i)
    CheckRule(spec, rules[i], below + "deletionRules[" + std::to_string(i) + "].", &delays, broken);
  CheckOrder(delays, below + "deletionRules", broken);
}

}  // namespace

std::vector<BrokenRule> BrokenJobRules(const Json& spec, const Json& annotations, const std::string& prefix) {
  std::vector<BrokenRule> broken;
  for (const JobRule& rule : kJobRules)
    if (std::string cause = rule.cause(spec); !cause.empty())
      broken.push_back({prefix + rule.field, std::move(cause), rule.remedy});
  CheckDeletion(spec, prefix, &broken);
  if (const Json& cluster = At(spec, {"rayClusterSpec"}); IsGiven(cluster))
    for (BrokenRule& rule : BrokenClusterRules({cluster, annotations}, prefix + "rayClusterSpec."))
      broken.push_back(std::move(rule));
  return broken;
}

}  // namespace kubectl_ray
