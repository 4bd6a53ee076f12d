#include "kubectl-ray/commands/rollout_undo.h"

#include "kubectl-ray/apply/apply.h"
#include "kubectl-ray/apply/print_plan.h"
#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/follow_rollout.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/services/history.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr const char* kJsonPatch = "application/json-patch+json";

// What the service goes back to.
struct EarlierSpec {
  Json spec;
  std::string source;  // "revision 3, of 2026-11-29T18:00:00Z"
};

Result<EarlierSpec> SpecOfActive(const KubeClient& kube, const Json& live) {
  const std::string active = StringAt(live, {"status", "activeServiceStatus", "rayClusterName"});
  if (active.empty()) return Fail(ErrorCode::kNotFound, "it has no active cluster");
  ASSIGN_OR_RETURN(const Json cluster,
                   kube.Get(kRayClusters, StringAt(live, {"metadata", "namespace"}), active));
  return EarlierSpec{WithClusterOf(live, cluster), "cluster \"" + active + "\", serveConfigV2 as it is"};
}

Result<EarlierSpec> FindEarlier(const KubeClient& kube, const RolloutUndoFlags& flags, const Json& live) {
  if (flags.cluster_only) return SpecOfActive(kube, live);
  ASSIGN_OR_RETURN(const std::vector<ServiceRevision> revisions, ListRevisions(kube, live));
  ASSIGN_OR_RETURN(const ServiceRevision revision, EarlierRevision(revisions, live, flags.to_revision));
  return EarlierSpec{revision.spec, "revision " + std::to_string(revision.number) + ", of " + revision.made};
}

// KubeRay keeps no history, and what others applied is not kept either.
shared::Error ExplainNone(shared::Error error, const Target& target, const Json& live) {
  if (error.code != ErrorCode::kNotFound) return error;
  error.message = "cannot undo the rollout of " + ToString(target) + ": " + error.message;
  error.hint =
      "Kept is what `kubectl ray apply` or `rollout undo` replaced. Apply the earlier file instead: `kubectl "
      "ray apply -f "
      "FILE`.";
  if (!StringAt(live, {"status", "pendingServiceStatus", "rayClusterName"}).empty())
    error.hint +=
        " Or `--cluster-only` takes the active cluster's own spec, and leaves serveConfigV2 as it is.";
  return error;
}

struct UndoPlan {
  ObjectPlan plan;
  bool is_patch = false;  // other managers own fields that server-side apply would leave
};

Json ReplaceSpec(const Json& live, const Json& spec) {
  return Json::array({{{"op", "test"},
                       {"path", "/metadata/resourceVersion"},
                       {"value", At(live, {"metadata", "resourceVersion"})}},
                      {{"op", "replace"}, {"path", "/spec"}, {"value", spec}}});
}

// It is applied under the name that `apply` uses, so that the next `apply` of a file meets no conflict.
Result<UndoPlan> PlanUndo(const KubeClient& kube, const Json& live, const Json& spec) {
  Json metadata = {{"name", At(live, {"metadata", "name"})},
                   {"namespace", At(live, {"metadata", "namespace"})}};
  for (const char* kept : {"labels", "annotations"})
    if (const Json& value = At(live, {"metadata", kept}); value.is_object()) metadata[kept] = value;
  UndoPlan undo;
  ASSIGN_OR_RETURN(undo.plan, PlanApply(kube, StringAt(live, {"metadata", "namespace"}),
                                        {{"apiVersion", kRayServices.ApiVersion()},
                                         {"kind", kRayServices.kind},
                                         {"metadata", std::move(metadata)},
                                         {"spec", spec}},
                                        {.force_conflicts = true}));
  const std::vector<FieldChange> left = ChangesOf(undo.plan.result, [&] {
    Json wanted = undo.plan.result;
    wanted["spec"] = spec;
    return wanted;
  }());
  if (left.empty()) return undo;
  undo.is_patch = true;
  ASSIGN_OR_RETURN(undo.plan.result, kube.Patch(kRayServices, StringAt(live, {"metadata", "namespace"}),
                                                StringAt(live, {"metadata", "name"}), ReplaceSpec(live, spec),
                                                kJsonPatch, {.dry_run = true}));
  undo.plan.changes = ChangesOf(live, undo.plan.result);
  return undo;
}

shared::Status SendUndo(const KubeClient& kube, const UndoPlan& undo, const Json& live, const Json& spec) {
  if (undo.is_patch)
    TRY(kube.Patch(kRayServices, StringAt(live, {"metadata", "namespace"}),
                   StringAt(live, {"metadata", "name"}), ReplaceSpec(live, spec), kJsonPatch));
  else
    TRY(Apply(kube, undo.plan, {.force_conflicts = true}));
  return shared::Ok();
}

void PrintUndo(std::ostream& out, const UndoPlan& undo, const EarlierSpec& earlier, const Json& live) {
  out << shared::EscapeControl(ObjectName(undo.plan.object) + " goes back to " + earlier.source) << ", by:\n";
  PrintChanges(out, undo.plan, nullptr);
  if (const std::string fate = FateOfPending(live); !fate.empty()) out << shared::EscapeControl(fate) << '\n';
  out << std::flush;
}

Result<int> Run(const RolloutUndoFlags& flags, CommandContext& context) {
  if (flags.to_revision < 0) return Fail(ErrorCode::kUsage, "cannot use --to-revision: it is below 0");
  if (flags.cluster_only && flags.to_revision > 0)
    return Fail(ErrorCode::kUsage, "cannot use --cluster-only and --to-revision together");
  ASSIGN_OR_RETURN(const Target target, ParseServiceTarget(flags.service, "one"));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Json live, FindObject(*kube, ns, target));
  if (StringAt(ConditionOf(live, "Ready"), {"reason"}) == "InitializingTimeout")
    return Fail(ErrorCode::kConflict,
                "cannot undo the rollout of " + ToString(target) +
                    ": its time to start is over, and the operator does nothing more for it",
                "Delete it and create it again: `kubectl ray delete " + ToString(target) + "`.");
  const Result<EarlierSpec> earlier = FindEarlier(*kube, flags, live);
  if (!earlier) return shared::Unexpected(ExplainNone(earlier.error(), target, live));
  ASSIGN_OR_RETURN(const UndoPlan undo, PlanUndo(*kube, live, earlier->spec));
  if (undo.plan.changes.empty()) {
    context.io.out << shared::EscapeControl(ObjectName(undo.plan.object)) << " unchanged" << std::endl;
    return kExitOk;
  }
  PrintUndo(flags.dry_run ? context.io.out : context.io.err, undo, *earlier, live);
  if (flags.dry_run) return kExitOk;
  if (!flags.yes) {
    ASSIGN_OR_RETURN(const bool go_on, Confirm(context.io, context.interrupt, "Go back?"));
    if (!go_on) {
      context.io.err << "nothing was changed" << std::endl;
      return kExitFailure;
    }
  }
  TRY(KeepRevision(*kube, live));
  TRY(SendUndo(*kube, undo, live, earlier->spec));
  context.io.out << shared::EscapeControl(ObjectName(undo.plan.object)) << " rolled back" << std::endl;
  return kExitOk;
}

}  // namespace

void RolloutUndo(Leaf& leaf) {
  auto& flags = leaf.Flags<RolloutUndoFlags>();
  AddTargetArgument(leaf, &flags.service, "A RayService: rayservice/NAME")->required();
  leaf.Flag("--to-revision", &flags.to_revision,
            "Which spec to go back to; 0: the newest kept one that is not the present one")
      ->capture_default_str();
  leaf.Flag(
      "--cluster-only", &flags.cluster_only,
      "Go back to the spec of the active cluster, and leave serveConfigV2 as it is: if nothing is kept");
  leaf.Flag("--dry-run", &flags.dry_run,
            "Print what would change, which the API server judges; store nothing");
  leaf.Flag("-y,--yes", &flags.yes, "Do not ask");
  leaf.Note(
      "KubeRay keeps no history of a RayService. `kubectl ray apply` and this command keep each spec that "
      "they replace as "
      "a ControllerRevision, the newest ten, which go with the RayService. A second undo goes forward "
      "again.");
  leaf.Example("Go back after an upgrade that cannot finish",
               "kubectl ray rollout undo rayservice/sample-rayservice");
  leaf.Example("See what it would do", "kubectl ray rollout undo rayservice/sample-rayservice --dry-run");
  leaf.Example("Give up a pending cluster that others' tools asked for",
               "kubectl ray rollout undo rayservice/sample-rayservice --cluster-only --yes");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
