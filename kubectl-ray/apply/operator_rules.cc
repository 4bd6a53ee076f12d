#include "kubectl-ray/apply/operator_rules.h"

#include <utility>

#include "kubectl-ray/apply/cluster_rules.h"
#include "kubectl-ray/apply/job_rules.h"
#include "kubectl-ray/apply/rule_helpers.h"
#include "kubectl-ray/formats/cron.h"
#include "kubectl-ray/kinds/annotations.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::Json;
using shared::StringAt;

using Broken = std::vector<BrokenRule>;

void CheckName(const Json& object, const NameRule& rule, Broken* broken) {
  const std::string name = StringAt(object, {"metadata", "name"});
  if (name.empty()) return;  // the API server refuses that
  if (name.size() > rule.longest)
    broken->push_back(
        {"metadata.name",
         "has " + std::to_string(name.size()) + " characters, more than " + std::to_string(rule.longest),
         "Shorten it: names of pods and Services are made of it."});
  else if (const auto status = CheckClusterName(name); !status)
    broken->push_back(
        {"metadata.name", "is \"" + name + "\", which is no DNS label (RFC 1035)",
         "Use lower case letters, digits and '-', beginning with a letter and ending with a letter or "
         "digit."});
}

Broken ClusterRules(const Json& object) {
  Broken broken;
  CheckName(object, kClusterNames, &broken);
  for (BrokenRule& rule :
       BrokenClusterRules({At(object, {"spec"}), At(object, {"metadata", "annotations"})}, "spec."))
    broken.push_back(std::move(rule));
  return broken;
}

Broken JobRules(const Json& object) {
  Broken broken;
  CheckName(object, kJobNames, &broken);
  for (BrokenRule& rule :
       BrokenJobRules(At(object, {"spec"}), At(object, {"metadata", "annotations"}), "spec."))
    broken.push_back(std::move(rule));
  return broken;
}

// --- RayService -------------------------------------------------------------------------------------------

bool UpgradesInSteps(const Json& spec) {
  return StringAt(spec, {"upgradeStrategy", "type"}) == "NewClusterWithIncrementalUpgrade";
}

const Json& UpgradeOptions(const Json& spec) {
  return At(spec, {"upgradeStrategy", "clusterUpgradeOptions"});
}

// "is 101, not between 0 and 100".
std::string NotPercent(const Json& spec, const char* key, bool needed) {
  if (!UpgradesInSteps(spec) || !IsGiven(UpgradeOptions(spec))) return "";
  const auto value = Integer(UpgradeOptions(spec), key);
  if (!value) return needed ? "is not given" : "";
  return *value < 0 || *value > 100 ? "is " + std::to_string(*value) + ", not between 0 and 100" : "";
}

std::string StepAboveSurge(const Json& spec) {
  const auto step = Integer(UpgradeOptions(spec), "stepSizePercent");
  const std::int64_t surge = Integer(UpgradeOptions(spec), "maxSurgePercent").value_or(100);
  if (!UpgradesInSteps(spec) || !step || *step <= surge) return "";
  return "is " + std::to_string(*step) + ", more than maxSurgePercent, " + std::to_string(surge);
}

std::string NoInterval(const Json& spec) {
  if (!UpgradesInSteps(spec) || !IsGiven(UpgradeOptions(spec))) return "";
  const auto seconds = Integer(UpgradeOptions(spec), "intervalSeconds");
  if (!seconds) return "is not given";
  return *seconds <= 0 ? "is " + std::to_string(*seconds) : "";
}

std::string UnknownUpgrade(const Json& spec) {
  const std::string type = StringAt(spec, {"upgradeStrategy", "type"});
  for (const char* known : {"", "NewCluster", "None", "NewClusterWithIncrementalUpgrade"})
    if (type == known) return "";
  return "is " + type;
}

std::string When(bool broken, const char* cause) { return broken ? cause : ""; }

struct ServiceRule {
  const char* field;
  std::string (*cause)(const Json& spec);  // empty: the rule is kept
  const char* remedy;
};

constexpr ServiceRule kServiceRules[] = {
    {"rayClusterConfig.authOptions.enableK8sTokenAuth",
     [](const Json& s) {
       return When(BoolAt(s, {"rayClusterConfig", "authOptions", "enableK8sTokenAuth"}),
                   "is true, which a RayService does not support");
     },
     "Use authOptions.mode alone."},
    {"rayClusterConfig.upgradeStrategy.type",
     [](const Json& s) {
       return When(IsGiven(At(s, {"rayClusterConfig", "upgradeStrategy", "type"})),
                   "is set, which the cluster of a RayService does not take");
     },
     "Use spec.upgradeStrategy."},
    {"rayClusterConfig.headGroupSpec.headService.metadata.name",
     [](const Json& s) {
       return When(
           !StringAt(s, {"rayClusterConfig", "headGroupSpec", "headService", "metadata", "name"}).empty(),
           "is set");
     },
     "Leave it out: the operator names the Service."},
    {"upgradeStrategy.type", UnknownUpgrade, "Use NewCluster, NewClusterWithIncrementalUpgrade or None."},
    {"rayClusterDeletionDelaySeconds",
     [](const Json& s) {
       return When(Integer(s, "rayClusterDeletionDelaySeconds").value_or(0) < 0, "is below 0");
     },
     "Set it to 0 or more."},
    {"rayClusterConfig.enableInTreeAutoscaling",
     [](const Json& s) {
       return When(UpgradesInSteps(s) && !BoolAt(s, {"rayClusterConfig", "enableInTreeAutoscaling"}),
                   "is not true, which an upgrade in steps needs");
     },
     "Set it to true, or spec.upgradeStrategy.type to NewCluster."},
    {"upgradeStrategy.clusterUpgradeOptions",
     [](const Json& s) { return When(UpgradesInSteps(s) && !IsGiven(UpgradeOptions(s)), "is not given"); },
     "Set stepSizePercent, intervalSeconds and gatewayClassName."},
    {"upgradeStrategy.clusterUpgradeOptions.maxSurgePercent",
     [](const Json& s) { return NotPercent(s, "maxSurgePercent", false); }, "Set it to 0 to 100."},
    {"upgradeStrategy.clusterUpgradeOptions.stepSizePercent",
     [](const Json& s) { return NotPercent(s, "stepSizePercent", true); }, "Set it to 0 to 100."},
    {"upgradeStrategy.clusterUpgradeOptions.stepSizePercent", StepAboveSurge,
     "Lower it, or raise maxSurgePercent."},
    {"upgradeStrategy.clusterUpgradeOptions.intervalSeconds", NoInterval, "Set it to 1 or more."},
    {"upgradeStrategy.clusterUpgradeOptions.gatewayClassName",
     [](const Json& s) {
       return When(UpgradesInSteps(s) && IsGiven(UpgradeOptions(s)) &&
                       StringAt(UpgradeOptions(s), {"gatewayClassName"}).empty(),
                   "is not given");
     },
     "Name a GatewayClass: `kubectl get gatewayclasses` lists them."},
};

void CheckInitializingTimeout(const Json& annotations, Broken* broken) {
  const std::string text = StringAt(annotations, {kInitializingTimeoutAnnotation});
  if (text.empty()) return;
  const auto timeout = shared::ParseDuration("", text);
  if (!timeout || timeout->count() <= 0 || text.find('d') != text.npos)
    broken->push_back({"metadata.annotations[" + std::string(kInitializingTimeoutAnnotation) + "]",
                       "is \"" + text + "\", which is no time above 0",
                       "Write it as 30m, 1h or in seconds."});
}

Broken ServiceRules(const Json& object) {
  Broken broken;
  const Json& spec = At(object, {"spec"});
  const Json& annotations = At(object, {"metadata", "annotations"});
  CheckName(object, kServiceNames, &broken);
  CheckInitializingTimeout(annotations, &broken);
  for (BrokenRule& rule :
       BrokenClusterRules({At(spec, {"rayClusterConfig"}), annotations}, "spec.rayClusterConfig."))
    broken.push_back(std::move(rule));
  for (const ServiceRule& rule : kServiceRules)
    if (std::string cause = rule.cause(spec); !cause.empty())
      broken.push_back({"spec." + std::string(rule.field), std::move(cause), rule.remedy});
  return broken;
}

// --- RayCronJob -------------------------------------------------------------------------------------------

void CheckSchedule(const Json& spec, Broken* broken) {
  const std::string schedule = StringAt(spec, {"schedule"});
  if (schedule.find("TZ") != schedule.npos) {
    broken->push_back({"spec.schedule", "names a time zone", "Set spec.timeZone instead."});
  } else if (const auto parsed = ParseCronSchedule(schedule); !parsed) {
    broken->push_back({"spec.schedule", "is no schedule: " + parsed.error().message, parsed.error().hint});
  }
  if (At(spec, {"timeZone"}) == Json(""))
    broken->push_back({"spec.timeZone", "is empty", "Leave it out for the operator's own time zone."});
}

Broken CronJobRules(const Json& object) {
  Broken broken;
  CheckName(object, kCronJobNames, &broken);
  CheckSchedule(At(object, {"spec"}), &broken);
  for (BrokenRule& rule : BrokenJobRules(At(object, {"spec", "jobTemplate"}), Json(), "spec.jobTemplate."))
    broken.push_back(std::move(rule));
  return broken;
}

}  // namespace

Broken BrokenRules(const Json& object) {
  if (!StringAt(object, {"apiVersion"}).starts_with(kRayClusters.group + "/")) return {};
  const std::string kind = StringAt(object, {"kind"});
  if (kind == kRayClusters.kind) return ClusterRules(object);
  if (kind == kRayJobs.kind) return JobRules(object);
  if (kind == kRayServices.kind) return ServiceRules(object);
  if (kind == kRayCronJobs.kind) return CronJobRules(object);
  return {};
}

}  // namespace kubectl_ray
