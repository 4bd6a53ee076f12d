#include "kubectl-ray/apply/effects.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "kubectl-ray/apply/field_path.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::Json;
using shared::StringAt;

// The first row whose pattern begins the field says what its change does.
struct Row {
  const char* pattern;
  Effect effect;
  const char* why;
};

constexpr const char* kServiceOnce =
    "the operator makes the head's Service once: delete it, and it is made so";
constexpr const char* kAutoscalerReads = "the autoscaler reads it in its next round";

// Below the spec of a RayCluster.
constexpr Row kClusterRows[] = {
    {"workerGroupSpecs.*.replicas", Effect::kInPlace, "workers are made or deleted"},
    {"workerGroupSpecs.*.minReplicas", Effect::kInPlace, ""},
    {"workerGroupSpecs.*.maxReplicas", Effect::kInPlace, ""},
    {"workerGroupSpecs.*.numOfHosts", Effect::kInPlace, "workers are made or deleted"},
    {"workerGroupSpecs.*.scaleStrategy", Effect::kInPlace, "these workers are deleted"},
    {"workerGroupSpecs.*.idleTimeoutSeconds", Effect::kInPlace, kAutoscalerReads},
    {"workerGroupSpecs.*.priority", Effect::kInPlace, kAutoscalerReads},
    {"autoscalerOptions.idleTimeoutSeconds", Effect::kInPlace, kAutoscalerReads},
    {"autoscalerOptions.upscalingMode", Effect::kInPlace, kAutoscalerReads},
    {"upgradeStrategy", Effect::kInPlace, ""},
    {"managedBy", Effect::kInPlace, ""},
    {"networkPolicy", Effect::kInPlace, ""},
    {"headGroupSpec.enableIngress", Effect::kInPlace, "an Ingress that is there stays"},
    {"headGroupSpec.ingressOptions", Effect::kInPlace, ""},
    {"headGroupSpec.headService", Effect::kIgnored, kServiceOnce},
    {"headGroupSpec.serviceType", Effect::kIgnored, kServiceOnce},
    {"headServiceAnnotations", Effect::kIgnored, kServiceOnce},
    {"", Effect::kNewPods, "pods that run stay as they are until they are deleted"},
};

// What is left out of the hash by which the operator sees that a cluster's spec is another one.
constexpr const char* kMuted[] = {
    "workerGroupSpecs.*.replicas",
    "workerGroupSpecs.*.minReplicas",
    "workerGroupSpecs.*.maxReplicas",
    "workerGroupSpecs.*.scaleStrategy.workersToDelete",
    "workerGroupSpecs.*.template.spec.tolerations",
    "workerGroupSpecs.*.template.spec.schedulingGates",
    "headGroupSpec.template.spec.tolerations",
    "headGroupSpec.template.spec.schedulingGates",
    "upgradeStrategy",
};

constexpr const char* kServiceSwitch = "the operator writes the Services when it switches to a new cluster";

constexpr Row kServiceRows[] = {
    {"serveConfigV2", Effect::kInPlace, "Serve deploys it on the running cluster"},
    {"serveService", Effect::kIgnored, kServiceSwitch},
    {"", Effect::kInPlace, ""},
};

// Of a RayJob that is not over.
constexpr Row kJobRows[] = {
    {"shutdownAfterJobFinishes", Effect::kInPlace, ""},
    {"ttlSecondsAfterFinished", Effect::kInPlace, ""},
    {"deletionStrategy", Effect::kInPlace, ""},
    {"activeDeadlineSeconds", Effect::kInPlace, ""},
    {"preRunningDeadlineSeconds", Effect::kInPlace, ""},
    {"backoffLimit", Effect::kInPlace, ""},
    {"managedBy", Effect::kInPlace, ""},
    {"", Effect::kNextRun, "a retry or a resume takes it; what runs keeps what it was made with"},
};

constexpr Row kFinishedJobRows[] = {
    {"shutdownAfterJobFinishes", Effect::kInPlace, ""},
    {"ttlSecondsAfterFinished", Effect::kInPlace, ""},
    {"deletionStrategy", Effect::kInPlace, ""},
    {"", Effect::kIgnored, "the job is over: delete the RayJob, and apply it again"},
};

constexpr Row kCronJobRows[] = {
    {"jobTemplate", Effect::kNextRun, "jobs that were made already keep what they were made with"},
    {"", Effect::kInPlace, ""},
};

// The field below `prefix`, or nothing if it is not below it.
std::optional<std::string_view> Below(std::string_view field, std::string_view prefix) {
  if (!field.starts_with(prefix)) return std::nullopt;
  field.remove_prefix(prefix.size());
  if (field.empty() || field.front() == '[') return field;
  if (field.front() != '.') return std::nullopt;
  return field.substr(1);
}

void SetFrom(std::span<const Row> rows, std::string_view field, FieldChange* change) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return BeginsWith(field, r.pattern); });
  change->effect = row->effect;
  change->why = row->why;
}

bool IsMuted(std::string_view field) {
  return std::any_of(std::begin(kMuted), std::end(kMuted),
                     [&](const char* pattern) { return BeginsWith(field, pattern); });
}

// A whole worker group that is new or goes.
bool IsWholeGroup(std::string_view field) {
  const std::vector<FieldPath::Step> steps = ParseFieldPath(field).steps();
  return steps.size() == 2 && steps[0].name == "workerGroupSpecs" && steps[1].is_item;
}

void SetGroupChange(FieldChange* change) {
  const bool goes = change->after.is_null();
  change->effect = goes ? Effect::kNewPods : Effect::kInPlace;
  change->why = goes ? "its workers stay until they are deleted" : "its workers are made";
}

void SetSuspend(FieldChange* change, const char* stops) {
  const bool suspends = change->after == Json(true);
  change->effect = suspends ? Effect::kStops : Effect::kInPlace;
  change->why = suspends ? stops : "it begins again";
}

bool IsGroupSuspend(std::string_view field) { return BeginsWith(field, "workerGroupSpecs.*.suspend"); }

void SetClusterChange(std::string_view field, bool recreates, FieldChange* change) {
  if (field == "suspend") return SetSuspend(change, "all of its pods are deleted");
  if (recreates && !IsMuted(field)) {
    change->effect = Effect::kRecreates;
    change->why = "spec.upgradeStrategy.type is Recreate";
    return;
  }
  if (IsGroupSuspend(field)) return SetSuspend(change, "the group's workers are deleted");
  if (IsWholeGroup(field)) return SetGroupChange(change);
  SetFrom(kClusterRows, field, change);
  const Json& after = change->after;
  if (BeginsWith(field, "upgradeStrategy") &&
      (after == Json("Recreate") || StringAt(after, {"type"}) == "Recreate"))
    change->why = "changes that its pods have not got yet recreate them, too";
}

void SetClusterEffects(const Json& before, const Json& after, std::vector<FieldChange>* changes) {
  const bool recreates = StringAt(after, {"spec", "upgradeStrategy", "type"}) == "Recreate";
  const bool stays_suspended = BoolAt(before, {"spec", "suspend"}) && BoolAt(after, {"spec", "suspend"});
  for (FieldChange& change : *changes) {
    const auto field = Below(change.field, "spec");
    if (!field) continue;
    SetClusterChange(*field, recreates && !stays_suspended, &change);
    if (stays_suspended && change.effect != Effect::kIgnored) {
      change.effect = Effect::kNewPods;
      change.why = "it is suspended";
    }
  }
}

constexpr std::string_view kServiceCluster = "spec.rayClusterConfig";

// Groups that are new at the end are made in the running cluster, if nothing else of it changes.
bool OnlyAddsGroupsAtTheEnd(const Json& before, const Json& after, const std::vector<FieldChange>& changes) {
  const Json& old_groups = At(before, {"spec", "rayClusterConfig", "workerGroupSpecs"});
  const Json& groups = At(after, {"spec", "rayClusterConfig", "workerGroupSpecs"});
  const std::size_t count = old_groups.is_array() ? old_groups.size() : 0;
  if (!groups.is_array() || groups.size() < count) return false;
  for (std::size_t i = 0; i < count; ++i)
    if (StringAt(groups[i], {"groupName"}) != StringAt(old_groups[i], {"groupName"})) return false;
  return std::all_of(changes.begin(), changes.end(), [](const FieldChange& change) {
    const auto field = Below(change.field, kServiceCluster);
    return !field || IsMuted(*field) || *field == "suspend" ||
           (IsWholeGroup(*field) && change.before.is_null());
  });
}

struct Upgrade {
  Effect effect;
  const char* why;
};

Upgrade UpgradeOf(const Json& before, const Json& after) {
  const std::string type = StringAt(after, {"spec", "upgradeStrategy", "type"});
  if (BoolAt(before, {"spec", "suspend"}) && BoolAt(after, {"spec", "suspend"}))
    return {Effect::kNewPods, "it is suspended"};
  if (type == "None") return {Effect::kIgnored, "spec.upgradeStrategy.type is None"};
  if (type == "NewClusterWithIncrementalUpgrade")
    return {Effect::kNewCluster, "it is scaled up beside the running one, and traffic moves in steps"};
  return {Effect::kNewCluster,
          "it is made beside the running one, with as many pods, and serves once all applications run"};
}

void SetServiceClusterChange(std::string_view field, const Upgrade& upgrade, bool adds_groups,
                             FieldChange* change) {
  if (field == "suspend" || IsMuted(field)) {
    change->effect = Effect::kIgnored;
    change->why =
        "the running cluster keeps what it has; the next cluster, or another release of the "
        "operator, takes it";
  } else if (adds_groups) {
    SetGroupChange(change);
  } else {
    change->effect = upgrade.effect;
    change->why = upgrade.why;
  }
}

void SetServiceEffects(const Json& before, const Json& after, std::vector<FieldChange>* changes) {
  const Upgrade upgrade = UpgradeOf(before, after);
  const bool adds_groups = OnlyAddsGroupsAtTheEnd(before, after, *changes);
  for (FieldChange& change : *changes) {
    if (const auto below = Below(change.field, kServiceCluster)) {
      SetServiceClusterChange(*below, upgrade, adds_groups, &change);
    } else if (change.field == "spec.suspend") {
      SetSuspend(&change, "its clusters and Services are deleted");
    } else if (const auto field = Below(change.field, "spec")) {
      SetFrom(kServiceRows, *field, &change);
    }
  }
}

void SetJobEffects(const Json& before, std::vector<FieldChange>* changes) {
  const std::string status = StringAt(before, {"status", "jobDeploymentStatus"});
  const bool over = status == "Complete" || status == "Failed";
  for (FieldChange& change : *changes) {
    const auto field = Below(change.field, "spec");
    if (!field) continue;
    if (over) {
      SetFrom(kFinishedJobRows, *field, &change);
    } else if (*field == "suspend") {
      SetSuspend(&change, "its cluster is deleted, and a resume starts the job from its beginning");
    } else if (*field == "jobId" && (status.empty() || status == "Waiting")) {
      change.effect = Effect::kInPlace;
    } else {
      SetFrom(kJobRows, *field, &change);
    }
  }
}

void SetCronJobEffects(std::vector<FieldChange>* changes) {
  for (FieldChange& change : *changes)
    if (const auto field = Below(change.field, "spec")) SetFrom(kCronJobRows, *field, &change);
}

}  // namespace

void SetEffects(const Json& before, const Json& after, std::vector<FieldChange>* changes) {
  if (!StringAt(after, {"apiVersion"}).starts_with(kRayClusters.group + "/")) return;
  const std::string kind = StringAt(after, {"kind"});
  if (kind == kRayClusters.kind) SetClusterEffects(before, after, changes);
  if (kind == kRayServices.kind) SetServiceEffects(before, after, changes);
  if (kind == kRayJobs.kind) SetJobEffects(before, changes);
  if (kind == kRayCronJobs.kind) SetCronJobEffects(changes);
}

}  // namespace kubectl_ray
