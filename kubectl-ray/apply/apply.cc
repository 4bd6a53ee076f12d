#include "kubectl-ray/apply/apply.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

std::string NamespaceOf(const Json& object) { return StringAt(object, {"metadata", "namespace"}); }
std::string NameOf(const Json& object) { return StringAt(object, {"metadata", "name"}); }

}  // namespace

shared::Status CheckIdentity(const Json& object) {
  const std::string kind = StringAt(object, {"kind"});
  if (kind.empty() || StringAt(object, {"apiVersion"}).empty())
    return Fail(ErrorCode::kUsage, "cannot apply an object without apiVersion and kind");
  if (!NameOf(object).empty()) return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot apply a " + kind + " without a name",
              StringAt(object, {"metadata", "generateName"}).empty()
                  ? ""
                  : "With generateName it is a new object each time: `kubectl create -f` makes it.");
}

namespace {

// Null: it is not there.
Result<Json> GetLive(const KubeClient& kube, const Resource& resource, const Json& object) {
  Result<Json> live = kube.Get(resource, NamespaceOf(object), NameOf(object));
  if (!live && live.error().code == ErrorCode::kNotFound) return Json();
  return live;
}

// The server names the other managers and the fields.
Error ExplainConflict(Error error) {
  if (error.code != ErrorCode::kConflict) return error;
  const bool groups = error.message.find(".spec.workerGroupSpecs") != error.message.npos ||
                      error.message.find("ClusterConfig.workerGroupSpecs") != error.message.npos;
  error.hint =
      "--force-conflicts takes these fields over, with the values of the file. Or leave them out of the "
      "file: "
      "they then keep the values that the other manager gave them.";
  if (groups)
    error.hint +=
        " The list of worker groups is one field: whoever last changed a replica count, such as the "
        "autoscaler or `kubectl ray scale`, owns all of it.";
  return error;
}

Result<Json> Send(const KubeClient& kube, const ObjectPlan& plan, const ApplyOptions& options, bool dry_run) {
  Result<Json> stored = kube.Apply(
      plan.resource, NamespaceOf(plan.object), NameOf(plan.object), plan.object,
      {.dry_run = dry_run, .force = options.force_conflicts, .field_manager = options.field_manager});
  if (!stored) return shared::Unexpected(ExplainConflict(stored.error()));
  return stored;
}

constexpr const char* kHidden = "(hidden)";

void HideSecrets(const Json& object, std::vector<FieldChange>* changes) {
  if (!IsSecret(object)) return;
  for (FieldChange& change : *changes) {
    if (change.field.starts_with("metadata")) continue;
    for (Json* value : {&change.before, &change.after})
      if (!value->is_null()) *value = kHidden;
  }
}

}  // namespace

bool ObjectPlan::IsDisruptive() const {
  return std::any_of(changes.begin(), changes.end(),
                     [](const FieldChange& change) { return kubectl_ray::IsDisruptive(change); });
}

Result<ObjectPlan> PlanApply(const KubeClient& kube, const std::string& default_ns, Json object,
                             const ApplyOptions& options) {
  TRY(CheckIdentity(object));
  ASSIGN_OR_RETURN(const ServedKind served,
                   FindServedKind(kube, StringAt(object, {"apiVersion"}), StringAt(object, {"kind"})));
  ObjectPlan plan{.resource = served.resource};
  if (served.namespaced && NamespaceOf(object).empty()) object["metadata"]["namespace"] = default_ns;
  if (!served.namespaced) object["metadata"].erase("namespace");
  plan.object = std::move(object);
  ASSIGN_OR_RETURN(plan.live, GetLive(kube, plan.resource, plan.object));
  Result<Json> result = Send(kube, plan, options, true);
  const bool waits_for_namespace = !result && result.error().code == ErrorCode::kNotFound &&
                                   options.new_namespaces.contains(NamespaceOf(plan.object));
  if (!result && !waits_for_namespace) return shared::Unexpected(result.error());
  plan.result = result.value_or(plan.object);
  if (plan.live.is_null()) return plan;
  plan.changes = ChangesOf(plan.live, plan.result);
  HideSecrets(plan.object, &plan.changes);
  plan.outcome = plan.changes.empty() ? ObjectPlan::Outcome::kUnchanged : ObjectPlan::Outcome::kConfigured;
  return plan;
}

Result<Json> Apply(const KubeClient& kube, const ObjectPlan& plan, const ApplyOptions& options,
                   bool dry_run) {
  return Send(kube, plan, options, dry_run);
}

bool IsSecret(const Json& object) {
  return StringAt(object, {"kind"}) == kSecrets.kind && StringAt(object, {"apiVersion"}) == kSecrets.version;
}

Json WithoutSecrets(Json object) {
  if (!IsSecret(object)) return object;
  for (const char* key : {"data", "stringData"})
    if (auto values = object.find(key); values != object.end() && values->is_object())
      for (auto& value : *values) value = kHidden;
  return object;
}

}  // namespace kubectl_ray
