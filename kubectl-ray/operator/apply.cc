#include "kubectl-ray/operator/apply.h"

#include <algorithm>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/operator/operator_errors.h"
#include "kubectl-ray/operator/resources.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::StringAt;

// How long a wait goes on before the operator's pods are looked at again.
constexpr std::chrono::seconds kLookAgain(5);

bool SpeaksOfObject(ErrorCode code) {
  return code == ErrorCode::kAuth || code == ErrorCode::kUsage || code == ErrorCode::kConflict ||
         code == ErrorCode::kNotFound;
}

bool IsBinding(const Resource& resource) {
  return resource == kRoleBindings || resource == kClusterRoleBindings;
}

// By the rules of RBAC; why not, or empty.
Result<std::string> WhyNotAllowed(const KubeClient& kube, const OperatorObject& wanted) {
  for (const char* verb : {"create", "patch"}) {
    Json review = {{"apiVersion", kAccessReviews.ApiVersion()}, {"kind", kAccessReviews.kind}};
    review["spec"]["resourceAttributes"] = {{"group", wanted.resource.group},
                                            {"resource", wanted.resource.plural},
                                            {"namespace", wanted.ns()},
                                            {"name", wanted.name()},
                                            {"verb", verb}};
    ASSIGN_OR_RETURN(const Json answer, kube.Create(kAccessReviews, "", review));
    if (!shared::BoolAt(answer, {"status", "allowed"}))
      return std::string("you may not ") + verb + " " + wanted.resource.plural + " in namespace \"" +
             wanted.ns() + "\"";
  }
  return std::string();
}

Result<JudgedObject> Judge(const KubeClient& kube, OperatorObject object, bool namespace_is_new) {
  JudgedObject judged{.wanted = std::move(object), .change = {}, .refusal = {}};
  const OperatorObject& wanted = judged.wanted;
  judged.change = DescribeChange(Json(), wanted.object);
  if (namespace_is_new) {
    ASSIGN_OR_RETURN(judged.refusal, WhyNotAllowed(kube, wanted));
    return judged;
  }
  const Result<Json> live = FindAny(kube, wanted.resource, wanted.ns(), wanted.name());
  // Who may not read it may still not write it: the dry run says so in the words of the write.
  if (!live && live.error().code != ErrorCode::kAuth) return shared::Unexpected(live.error());
  const Result<Json> after = kube.Apply(wanted.resource, wanted.ns(), wanted.name(), wanted.object,
                                        {.dry_run = true, .force = true});
  if (after) {
    judged.change = DescribeChange(live.value_or(Json()), *after);
  } else if (!SpeaksOfObject(after.error().code)) {
    return shared::Unexpected(after.error());
  } else if (after.error().code != ErrorCode::kNotFound || !IsBinding(wanted.resource)) {
    // A binding's role is judged, but not there yet: who may give its rights may bind it.
    judged.refusal = after.error().message;
  }
  return judged;
}

Status WaitUntilServed(const KubeClient& kube, const std::string& name, Deadline deadline) {
  const auto served = [](const WatchEvent& event) {
    return StringAt(ConditionOf(event.object, "Established"), {"status"}) != "True";
  };
  const Status watched =
      kube.Watch(kDefinitions, "", {.field_selector = "metadata.name=" + name}, deadline, served);
  if (watched || watched.error().code != ErrorCode::kTimeout) return watched;
  return Fail(ErrorCode::kTimeout, "the definition \"" + name + "\" is not served in time",
              "`kubectl describe crd " + name + "` says why.");
}

shared::Unexpected<shared::Error> NotRunning(ErrorCode code, const std::string& ns, const std::string& name,
                                             const std::string& how, const OperatorErrors& errors) {
  std::string message = "deployment \"" + name + "\" in namespace \"" + ns + "\" " + how;
  for (const auto* texts : {&errors.pods, &errors.log})
    for (const std::string& text : *texts) message += "\n- " + text;
  return Fail(code, message, "`kubectl logs -n " + ns + " deployment/" + name + "` has all that it logged.");
}

}  // namespace

Result<std::vector<JudgedObject>> JudgeObjects(const KubeClient& kube, std::vector<OperatorObject> objects) {
  std::vector<JudgedObject> judged;
  std::string new_namespace;
  for (OperatorObject& object : objects) {
    const bool in_new = !new_namespace.empty() && object.ns() == new_namespace;
    const bool makes = object.resource == kNamespaces;
    ASSIGN_OR_RETURN(JudgedObject one, Judge(kube, std::move(object), in_new));
    if (makes && one.change.action == ChangeAction::kCreate) new_namespace = one.wanted.name();
    judged.push_back(std::move(one));
  }
  return judged;
}

Status ApplyObjects(const KubeClient& kube, const std::vector<JudgedObject>& objects,
                    std::chrono::milliseconds timeout, bool names, Streams& io) {
  const Deadline deadline = Deadline::After(timeout);
  std::vector<std::string> definitions;
  for (const JudgedObject& judged : objects) {
    const OperatorObject& wanted = judged.wanted;
    if (wanted.resource == kDefinitions) {
      definitions.push_back(wanted.name());
    } else {
      for (const std::string& name : definitions) TRY(WaitUntilServed(kube, name, deadline));
      definitions.clear();
    }
    if (judged.change.action == ChangeAction::kKeep) continue;
    TRY(kube.Apply(wanted.resource, wanted.ns(), wanted.name(), wanted.object, {.force = true}));
    if (names)
      io.out << shared::EscapeControl(judged.change.name)
             << (judged.change.action == ChangeAction::kCreate ? " created" : " changed") << std::endl;
  }
  for (const std::string& name : definitions) TRY(WaitUntilServed(kube, name, deadline));
  return shared::Ok();
}

bool IsRolledOut(const Json& deployment) {
  using shared::IntAt;
  const std::int64_t wanted = IntAt(deployment, {"spec", "replicas"}, 1);
  const Json& status = shared::At(deployment, {"status"});
  return IntAt(status, {"observedGeneration"}) >= IntAt(deployment, {"metadata", "generation"}) &&
         IntAt(status, {"updatedReplicas"}) == wanted && IntAt(status, {"replicas"}) == wanted &&
         IntAt(status, {"availableReplicas"}) == wanted;
}

Status WaitForRollout(const KubeClient& kube, const std::string& ns, const std::string& name,
                      std::chrono::milliseconds timeout, Streams& io) {
  Progress shown(io);
  const Deadline deadline = Deadline::After(timeout);
  Json deployment;
  const auto look = [&](const WatchEvent& event) {
    if (event.type != WatchEventType::kAdded && event.type != WatchEventType::kModified) return true;
    deployment = event.object;
    return !IsRolledOut(deployment);
  };
  for (;;) {
    shown.Show("waiting for deployment/" + name);
    const Status watched = kube.Watch(kDeployments, ns, {.field_selector = "metadata.name=" + name},
                                      deadline.Min(Deadline::After(kLookAgain)), look);
    if (watched || watched.error().code != ErrorCode::kTimeout) return watched;
    const OperatorErrors errors = FindOperatorErrors(kube, deployment);
    if (errors.ends_again)
      return NotRunning(ErrorCode::kUnavailable, ns, name, "ends as often as it is started", errors);
    if (deadline.passed())
      return NotRunning(ErrorCode::kTimeout, ns, name,
                        "is not ready after " + shared::FormatDuration(timeout), errors);
  }
}

}  // namespace kubectl_ray
