#include "kubectl-ray/launcher/launch_plan.h"

#include <algorithm>

#include "kubectl-ray/apply/field_path.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Json;
using shared::Result;
using shared::Status;
using shared::StringAt;

constexpr std::size_t kLongestValue = 60;
constexpr std::size_t kMostFields = 40;

std::string NameOf(const Json& object) { return StringAt(object, {"metadata", "name"}); }

// Of a pod template's own changes, what is about our stamp alone says nothing to a person.
bool IsStamp(const FieldChange& change) {
  return change.field.find(kRevisionAnnotation) != change.field.npos;
}

// Takes over what others own: the whole list of groups belongs to whoever has scaled one (server-side apply
// sees it as one field), and the file says what is wanted. The plan has the message.
Result<ObjectPlan> PlanObject(const KubeClient& kube, const std::string& ns, const Json& object,
                              LaunchPlan* plan) {
  auto planned = PlanApply(kube, ns, object);
  if (planned || planned.error().code != ErrorCode::kConflict) return planned;
  plan->taken_fields.push_back(planned.error().message);
  return PlanApply(kube, ns, object, {.force_conflicts = true});
}

// A Secret whose name is its content is not sent again. One that belongs to a cluster that is gone goes with
// it, and is.
Result<ObjectPlan> PlanSecret(const KubeClient& kube, const Json& secret, const std::string& owner_uid) {
  ObjectPlan plan{.resource = kSecrets,
                  .object = secret,
                  .live = nullptr,
                  .result = secret,
                  .outcome = ObjectPlan::Outcome::kCreated,
                  .changes = {}};
  auto live = kube.Get(kSecrets, StringAt(secret, {"metadata", "namespace"}), NameOf(secret));
  if (!live && live.error().code != ErrorCode::kNotFound) return shared::Unexpected(live.error());
  if (!live || !StringAt(*live, {"metadata", "deletionTimestamp"}).empty()) return plan;
  plan.live = *std::move(live);
  const Json& owners = At(plan.live, {"metadata", "ownerReferences"});
  const bool is_owned = owners.is_array() &&
                        std::any_of(owners.begin(), owners.end(),
                                    [&](const Json& owner) { return StringAt(owner, {"uid"}) == owner_uid; });
  if (is_owned) plan.outcome = ObjectPlan::Outcome::kUnchanged;
  return plan;
}

// The autoscaler's numbers, and the workers that it wants gone.
void KeepWhatTheAutoscalerWrote(const Json& live, Json* wanted) {
  if (!BoolAt(*wanted, {"spec", "enableInTreeAutoscaling"})) return;
  for (Json& group : (*wanted)["spec"]["workerGroupSpecs"])
    for (const Json& there : At(live, {"spec", "workerGroupSpecs"})) {
      if (StringAt(there, {"groupName"}) != StringAt(group, {"groupName"})) continue;
      const std::int64_t min = IntAt(group, {"minReplicas"}), max = IntAt(group, {"maxReplicas"}, 2147483647);
      group["replicas"] = std::clamp(IntAt(there, {"replicas"}, min), min, std::max(min, max));
      if (const Json& strategy = At(there, {"scaleStrategy"}); strategy.is_object())
        group["scaleStrategy"] = strategy;
    }
}

// The group that a field of a RayCluster is about; empty: none of them.
std::string GroupOfField(const FieldChange& change, const Json& ray_cluster) {
  const auto steps = ParseFieldPath(change.field).steps();
  if (steps.size() > 1 && steps[1].name == "headGroupSpec") return kHeadGroupName;
  if (steps.size() < 3 || steps[1].name != "workerGroupSpecs") return "";
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (std::to_string(i) == steps[2].name) return StringAt(groups[i], {"groupName"});
  return steps[2].name;
}

std::vector<GroupChange> GroupsOf(const Json& ray_cluster) {
  std::vector<GroupChange> groups = {
      {.group = kHeadGroupName,
       .wanted = 1,
       .fields = {},
       .revision = StringAt(ray_cluster, {"spec", "headGroupSpec", "template", "metadata", "annotations",
                                          kRevisionAnnotation})}};
  for (const Json& group : At(ray_cluster, {"spec", "workerGroupSpecs"}))
    groups.push_back(
        {.group = StringAt(group, {"groupName"}),
         .wanted = DesiredWorkers(group),
         .fields = {},
         .revision = StringAt(group, {"template", "metadata", "annotations", kRevisionAnnotation})});
  return groups;
}

// Whether a change of the cluster as a whole, which no group has, means other pods of this group.
bool ReachesGroup(const FieldChange& change, const std::string& group) {
  if (change.effect == Effect::kRecreates) return true;
  const auto is_of = [&](const auto& fields) {
    return std::any_of(std::begin(fields), std::end(fields), [&](const char* field) {
      return BeginsWith(change.field, std::string("spec.") + field);
    });
  };
  return is_of(kFieldsOfAllPods) || (group == kHeadGroupName && is_of(kFieldsOfHead));
}

// Returns the groups of the RayCluster with the changed fields that mean other pods.
std::vector<GroupChange> ChangedGroups(const ObjectPlan& plan) {
  std::vector<GroupChange> groups = GroupsOf(plan.object);
  for (const FieldChange& change : plan.changes) {
    if ((change.effect != Effect::kNewPods && change.effect != Effect::kRecreates) || IsStamp(change))
      continue;
    const std::string of = GroupOfField(change, plan.object);
    for (GroupChange& group : groups)
      if (of.empty() ? ReachesGroup(change, group.group) : of == group.group)
        group.fields.push_back(change.field);
  }
  return groups;
}

// The same without an operator, of each Deployment; one that was held back by --no-restart counts as changed.
void AddDeployment(const ObjectPlan& plan, std::vector<GroupChange>* groups) {
  const bool head = StringAt(plan.object, {"metadata", "labels", kNodeTypeLabel}) == "head";
  GroupChange change{
      .group = head ? kHeadGroupName : StringAt(plan.object, {"metadata", "labels", kGroupLabel}),
      .wanted = IntAt(plan.object, {"spec", "replicas"}),
      .fields = {},
      .revision = {}};
  for (const FieldChange& field : plan.changes)
    if (BeginsWith(field.field, "spec.template")) change.fields.push_back(field.field);
  if (change.fields.empty() && BoolAt(plan.live, {"spec", "paused"}))
    change.fields.push_back("held back before");
  groups->push_back(std::move(change));
}

Status CheckOtherKind(const KubeClient& kube, const Launch& launch) {
  const bool plain = launch.backend == Backend::kPlain;
  ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
  if (plain && !served) return shared::Ok();
  const auto other = plain ? kube.Get(kRayClusters, launch.ns, launch.cluster)
                           : kube.Get(kDeployments, launch.ns, HeadDeploymentName(launch.cluster));
  if (!other || (!plain && !IsPlainHead(*other))) return shared::Ok();
  return Fail(ErrorCode::kConflict,
              "cannot bring up Ray cluster \"" + launch.cluster + "\": one of this name is there " +
                  (plain ? "as a RayCluster of the operator" : "without the operator, as Deployments"),
              plain ? "Leave out --without-operator."
                    : "--without-operator changes it, `kubectl ray down` deletes it.");
}

// Of an object of the cluster's own that is applied with its owner, once there is one.
void SetOwner(const Json& owner, Json* object) {
  if (!StringAt(owner, {"metadata", "uid"}).empty())
    (*object)["metadata"]["ownerReferences"] = OwnerReferences(owner);
}

class Planner {
 public:
  Planner(const KubeClient& kube, LaunchPlan* plan) : kube_(kube), plan_(*plan) {}

  Status Run() {
    const Launch& launch = plan_.launch;
    TRY(CheckOtherKind(kube_, launch));
    TRY(FindLive());
    if (plan_.restart == Restart::kAll && live_.is_null())
      return Fail(ErrorCode::kNotFound,
                  "cannot restart Ray cluster \"" + launch.cluster + "\": there is none in namespace \"" +
                      launch.ns + "\"",
                  "Leave out --restart-only to make it.");
    if (plan_.restart != Restart::kAll) TRY(PlanObjects());
    ASSIGN_OR_RETURN(const std::vector<Json> pods, Pods());
    if (plan_.restart == Restart::kAll) groups_ = GroupsOf(launch.ray_cluster);
    const bool keeps_state = At(launch.ray_cluster, {"spec", "gcsFaultToleranceOptions"}).is_object();
    plan_.fates = DecideFates(groups_, pods, plan_.restart, keeps_state);
    return shared::Ok();
  }

 private:
  Status FindLive() {
    const Launch& launch = plan_.launch;
    auto live = launch.backend == Backend::kOperator
                    ? kube_.Get(kRayClusters, launch.ns, launch.cluster)
                    : kube_.Get(kDeployments, launch.ns, HeadDeploymentName(launch.cluster));
    if (!live && live.error().code != ErrorCode::kNotFound) return shared::Unexpected(live.error());
    if (live) live_ = *std::move(live);
    return shared::Ok();
  }

  Result<std::vector<Json>> Pods() {
    if (live_.is_null()) return std::vector<Json>();
    return kube_.ListAll(kPods, plan_.launch.ns,
                         {.label_selector = RayPodSelector(plan_.launch.cluster, "")});
  }

  Status PlanObjects() {
    for (Json secret : plan_.launch.secrets) {
      SetOwner(live_, &secret);
      ASSIGN_OR_RETURN(ObjectPlan planned, PlanSecret(kube_, secret, StringAt(live_, {"metadata", "uid"})));
      plan_.objects.push_back(std::move(planned));
    }
    for (Json object : plan_.launch.beside) {
      if (plan_.launch.owns_beside) SetOwner(live_, &object);
      TRY(Add(object));
    }
    plan_.owner = plan_.objects.size();
    return plan_.launch.backend == Backend::kOperator ? PlanRayCluster() : PlanDeployments();
  }

  Status Add(const Json& object) {
    ASSIGN_OR_RETURN(ObjectPlan planned, PlanObject(kube_, plan_.launch.ns, object, &plan_));
    plan_.objects.push_back(std::move(planned));
    return shared::Ok();
  }

  Status PlanRayCluster() {
    Json& wanted = plan_.launch.ray_cluster;
    StampRevisions(&wanted);
    KeepWhatTheAutoscalerWrote(live_, &wanted);
    TRY(Add(wanted));
    groups_ = ChangedGroups(plan_.objects.back());
    return shared::Ok();
  }

  Status PlanDeployments() {
    ASSIGN_OR_RETURN(PlainCluster plain, DeploymentsFor(plan_.launch.ray_cluster));
    TRY(AddPlain(std::move(plain.head)));
    SetOwner(live_, &plain.service);
    TRY(Add(plain.service));
    std::vector<std::string> wanted;
    for (Json& worker : plain.workers) {
      wanted.push_back(NameOf(worker));
      SetOwner(live_, &worker);
      TRY(AddPlain(std::move(worker)));
    }
    return FindRemoved(wanted);
  }

  // With --no-restart a Deployment whose pods would be others is paused: it makes none of the new template.
  Status AddPlain(Json deployment) {
    TRY(Add(deployment));
    AddDeployment(plan_.objects.back(), &groups_);
    if (plan_.restart != Restart::kNone || groups_.back().fields.empty() ||
        plan_.objects.back().live.is_null())
      return shared::Ok();
    plan_.objects.pop_back();
    deployment["spec"]["paused"] = true;
    return Add(deployment);
  }

  Status FindRemoved(const std::vector<std::string>& wanted) {
    if (live_.is_null()) return shared::Ok();
    ASSIGN_OR_RETURN(const auto there,
                     kube_.ListAll(kDeployments, plan_.launch.ns,
                                   {.label_selector = RayPodSelector(plan_.launch.cluster, "worker")}));
    for (const Json& deployment : there)
      if (std::find(wanted.begin(), wanted.end(), NameOf(deployment)) == wanted.end())
        plan_.deployments.push_back(deployment);
    return shared::Ok();
  }

  const KubeClient& kube_;
  LaunchPlan& plan_;
  Json live_;  // the cluster as it is stored, or null
  std::vector<GroupChange> groups_;
};

std::string ValueText(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : shared::DumpJson(value);
  if (text.size() > kLongestValue) text = text.substr(0, kLongestValue) + "...";
  return text;
}

// A value may be a password in an environment variable; what is long is no help.
std::string ChangeText(const FieldChange& change) {
  std::string text = change.field;
  const bool shown = change.field.find(".env[") == change.field.npos && !change.field.ends_with(".env") &&
                     !change.before.is_structured() && !change.after.is_structured();
  if (change.before.is_null())
    text += shown ? ": new, " + ValueText(change.after) : " is new";
  else if (change.after.is_null())
    text += " goes";
  else if (shown)
    text += ": " + ValueText(change.before) + " -> " + ValueText(change.after);
  text += " (" + std::string(EffectText(change.effect)) + ")";
  return text;
}

const char* OutcomeText(ObjectPlan::Outcome outcome) {
  switch (outcome) {
    case ObjectPlan::Outcome::kCreated:
      return "made       ";
    case ObjectPlan::Outcome::kConfigured:
      return "changed    ";
    case ObjectPlan::Outcome::kUnchanged:
      return "untouched  ";
    case ObjectPlan::Outcome::kUnasked:
      break;  // a plan without a server: not here
  }
  return "";
}

std::string ObjectText(const ObjectPlan& plan) {
  std::string text = std::string("  ") + OutcomeText(plan.outcome) + ObjectName(plan.object) + "\n";
  std::size_t fields = 0;
  for (const FieldChange& change : plan.changes) {
    if (IsStamp(change)) continue;
    if (++fields > kMostFields) return text + "             and more\n";
    text += "             " + ChangeText(change) + "\n";
  }
  return text;
}

}  // namespace

bool LaunchPlan::HasChanges() const {
  const bool objects_change = std::any_of(objects.begin(), objects.end(), [](const ObjectPlan& object) {
    return object.outcome != ObjectPlan::Outcome::kUnchanged;
  });
  return objects_change || !deployments.empty() || IsDisruptive();
}

bool LaunchPlan::IsDisruptive() const {
  return std::any_of(fates.begin(), fates.end(), [](const GroupFate& fate) {
    return fate.kind == GroupFate::Kind::kRecreated || fate.kind == GroupFate::Kind::kRemoved;
  });
}

bool LaunchPlan::IsSuspended() const {
  const Json& cluster =
      objects.empty() || launch.backend == Backend::kPlain ? launch.ray_cluster : objects[owner].result;
  return BoolAt(cluster, {"spec", "suspend"});
}

Result<LaunchPlan> PlanLaunch(const KubeClient& kube, Launch launch, Restart restart) {
  const auto ns = kube.Get(kNamespaces, "", launch.ns);
  if (!ns && ns.error().code == ErrorCode::kNotFound)
    return Fail(
        ErrorCode::kNotFound,
        "cannot bring up Ray cluster \"" + launch.cluster + "\": there is no namespace \"" + launch.ns + "\"",
        "`kubectl create namespace " + launch.ns + "` makes it.");
  LaunchPlan plan{.launch = std::move(launch),
                  .restart = restart,
                  .objects = {},
                  .owner = 0,
                  .deployments = {},
                  .fates = {},
                  .taken_fields = {}};
  TRY(Planner(kube, &plan).Run());
  return plan;
}

std::string PlanText(const LaunchPlan& plan) {
  const Launch& launch = plan.launch;
  std::string text = "Ray cluster \"" + launch.cluster + "\" in namespace \"" + launch.ns + "\", " +
                     (launch.backend == Backend::kOperator ? "with" : "without") + " the KubeRay operator:\n";
  for (const ObjectPlan& object : plan.objects) text += ObjectText(object);
  for (const Json& deployment : plan.deployments) text += "  deleted    " + ObjectName(deployment) + "\n";
  for (const GroupFate& fate : plan.fates) text += "  " + FateText(fate) + "\n";
  for (const std::string& mount : launch.file_mounts) text += "  files      " + mount + "\n";
  for (const std::string& taken : plan.taken_fields) text += "  taken over: " + taken + "\n";
  return shared::EscapeControl(text);
}

}  // namespace kubectl_ray
