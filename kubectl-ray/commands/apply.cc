#include "kubectl-ray/commands/apply.h"

#include <algorithm>

#include "kubectl-ray/apply/apply.h"
#include "kubectl-ray/apply/manifest.h"
#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/apply/plan_diff.h"
#include "kubectl-ray/apply/print_plan.h"
#include "kubectl-ray/apply/unknown_fields.h"
#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_diff.h"
#include "kubectl-ray/cli/print_error.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/definitions.h"
#include "kubectl-ray/services/history.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

// Refuses what the operator would, all of it at once. A rule that depends on a gate is a warning.
shared::Status CheckRules(const std::vector<Manifest>& manifests, std::ostream& err) {
  std::string refused;
  for (const Manifest& manifest : manifests)
    for (const BrokenRule& rule : BrokenRules(manifest.object)) {
      const std::string text = manifest.Place(rule.field) + ": " + rule.field + " " + rule.cause;
      if (!rule.gate.empty())
        err << "warning: " << shared::EscapeControl(text) << ", which the operator refuses unless its gate "
            << rule.gate << " is on\n";
      else
        refused += "\n  " + text + "\n    " + rule.remedy;
    }
  if (refused.empty()) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              "cannot apply what KubeRay's operator refuses, which it would say in an event alone:" + refused,
              "The rules are those of KubeRay 1.7; --ignore-rules sends it all the same.");
}

// By the newest release of KubeRay whose definitions this program carries. Empty for kinds that are not its.
shared::Result<std::vector<UnknownField>> UnknownIn(const Json& object) {
  const OperatorRelease& newest = OperatorReleases().back();
  const std::string kind = StringAt(object, {"kind"}), group = StringAt(object, {"apiVersion"});
  if (!group.starts_with(kRayClusters.group + "/")) return std::vector<UnknownField>();
  ASSIGN_OR_RETURN(const std::vector<Json> definitions, DefinitionsOf(newest));
  for (const Json& definition : definitions)
    if (StringAt(definition, {"spec", "names", "kind"}) == kind) return FieldsUnknownTo(definition, object);
  return std::vector<UnknownField>();
}

// Without an API server. A field without a near name may be one of a newer release.
shared::Status CheckFields(const std::vector<Manifest>& manifests, std::ostream& err) {
  std::string misspelt;
  for (const Manifest& manifest : manifests) {
    ASSIGN_OR_RETURN(const std::vector<UnknownField> unknown, UnknownIn(manifest.object));
    for (const UnknownField& field : unknown)
      if (field.near.empty())
        err << "warning: " << shared::EscapeControl(manifest.Place(field.field) + ": " + field.field)
            << " is not known to KubeRay " << OperatorReleases().back().version << '\n';
      else
        misspelt +=
            "\n  " + manifest.Place(field.field) + ": " + field.field + ": did you mean " + field.near + "?";
  }
  if (misspelt.empty()) return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot apply fields that KubeRay does not know:" + misspelt);
}

// What the API server refuses, by its line, and what was probably meant.
shared::Error Placed(shared::Error error, const Manifest& manifest) {
  std::string placed = manifest.WithPlaces(error.message);
  if (placed == error.message && error.code == ErrorCode::kUsage) placed += " (" + manifest.Place("") + ")";
  error.message = std::move(placed);
  const auto unknown = UnknownIn(manifest.object);
  for (const UnknownField& field : unknown.value_or({}))
    if (!field.near.empty())
      error.hint += (error.hint.empty() ? "" : "\n") + manifest.Place(field.field) + ": did you mean " +
                    field.near + "?";
  return error;
}

shared::Status CheckNamespaces(const std::vector<Manifest>& manifests, const std::string& given) {
  if (given.empty()) return shared::Ok();
  for (const Manifest& manifest : manifests) {
    const std::string ns = StringAt(manifest.object, {"metadata", "namespace"});
    if (!ns.empty() && ns != given)
      return Fail(ErrorCode::kUsage,
                  "cannot use " + manifest.Place("metadata.namespace") + ": the namespace is \"" + ns +
                      "\", and --namespace is \"" + given + "\"",
                  "Leave one of both out, or give the same.");
  }
  return shared::Ok();
}

// A plan, and the manifest that it is for.
struct Step {
  const Manifest* manifest;
  ObjectPlan plan;
};

// Without a server that knows its kinds: a misspelt one of KubeRay's.
shared::Status CheckRayKind(const Json& object) {
  const std::string kind = StringAt(object, {"kind"}), version = StringAt(object, {"apiVersion"});
  if (FindKind(kind) != nullptr || !version.starts_with(kRayJobs.group + "/")) return shared::Ok();
  std::vector<std::string> kinds;
  for (const Kind* known : Kinds()) kinds.push_back(known->resource.kind);
  const std::string near = shared::DidYouMean(kind, kinds);
  if (near.empty()) return shared::Ok();  // perhaps one of a newer KubeRay
  return Fail(ErrorCode::kUsage, "cannot apply a " + kind + " of " + version + ": KubeRay has no such kind",
              near);
}

// What is sent nowhere is compared with nothing.
shared::Result<std::vector<Step>> PlanUnasked(const std::vector<Manifest>& manifests) {
  std::vector<Step> steps;
  for (const Manifest& manifest : manifests) {
    shared::Status whole = CheckIdentity(manifest.object);
    if (whole) whole = CheckRayKind(manifest.object);
    if (!whole) return shared::Unexpected(Placed(whole.error(), manifest));
    steps.push_back(
        {&manifest, {.resource = {}, .object = manifest.object, .outcome = ObjectPlan::Outcome::kUnasked}});
  }
  return steps;
}

shared::Result<std::vector<Step>> PlanAll(const KubeClient& kube, const std::string& ns,
                                          const std::vector<Manifest>& manifests, ApplyOptions* options) {
  for (const Manifest& manifest : manifests)
    if (StringAt(manifest.object, {"kind"}) == kNamespaces.kind)
      options->new_namespaces.insert(StringAt(manifest.object, {"metadata", "name"}));
  std::vector<Step> steps;
  for (const Manifest& manifest : manifests) {
    auto plan = PlanApply(kube, ns, manifest.object, *options);
    if (!plan) return shared::Unexpected(Placed(plan.error(), manifest));
    steps.push_back({&manifest, *std::move(plan)});
  }
  return steps;
}

// On stdout it is the result, of a dry run; on stderr it says what is about to be done.
void PrintPlan(std::ostream& out, const std::vector<Step>& steps, const std::string& suffix) {
  for (const Step& step : steps) {
    out << shared::EscapeControl(ObjectName(step.plan.object)) << ' ' << OutcomeText(step.plan.outcome)
        << suffix << '\n';
    PrintChanges(out, step.plan, step.manifest);
  }
}

void PrintData(CommandContext& context, const std::string& output, const std::vector<Step>& steps) {
  if (output == "name") {
    for (const Step& step : steps)
      context.io.out << shared::EscapeControl(ObjectName(step.plan.object)) << '\n';
    return;
  }
  Json objects = Json::array();
  for (const Step& step : steps) objects.push_back(PlanToJson(step.plan, *step.manifest));
  const Json plan = {{"objects", std::move(objects)}};
  context.io.out << (output == "json" ? shared::DumpJson(plan, 4) + "\n" : DumpYaml(plan));
}

// Asks if pods that run would be deleted. False: the answer is no.
shared::Result<bool> MayGoOn(CommandContext& context, const ApplyFlags& flags,
                             const std::vector<Step>& steps) {
  std::string listed;
  for (const Step& step : steps)
    if (step.plan.IsDisruptive()) listed += "\n- " + shared::EscapeControl(ObjectName(step.plan.object));
  if (listed.empty() || flags.yes) return true;
  return Confirm(context.io, context.interrupt,
                 "This deletes pods that run, or replaces a cluster, of:" + listed + "\nApply it?");
}

// So that `rollout undo` can bring it back. Without the right to, the spec is replaced all the same.
void KeepEarlierSpec(const KubeClient& kube, const ObjectPlan& plan, std::ostream& err) {
  const bool changes = std::any_of(plan.changes.begin(), plan.changes.end(), [](const FieldChange& change) {
    return change.field.starts_with("spec");
  });
  if (plan.resource != kRayServices || !changes) return;
  if (const shared::Status kept = KeepRevision(kube, plan.live); !kept)
    err << "warning: the earlier spec is not kept, so that `kubectl ray rollout undo` cannot bring it back: "
        << shared::EscapeControl(kept.error().message) << std::endl;
}

shared::Status ApplyAll(CommandContext& context, const KubeClient& kube, const ApplyFlags& flags,
                        const ApplyOptions& options, std::vector<Step>* steps) {
  for (Step& step : *steps) {
    KeepEarlierSpec(kube, step.plan, context.io.err);
    auto stored = Apply(kube, step.plan, options);
    if (!stored) return shared::Unexpected(Placed(stored.error(), *step.manifest));
    if (flags.output.empty())
      context.io.out << shared::EscapeControl(ObjectName(step.plan.object)) << ' '
                     << OutcomeText(step.plan.outcome) << std::endl;
  }
  return shared::Ok();
}

// kExitFailure: something would change.
int PrintDiffs(CommandContext& context, const std::vector<Step>& steps) {
  int code = kExitOk;
  for (const Step& step : steps) {
    const std::string diff = DiffOf(step.plan, ObjectName(step.plan.object));
    if (!diff.empty()) code = kExitFailure;
    PrintDiff(context.io, diff);
  }
  return code;
}

shared::Result<int> ApplyToServer(CommandContext& context, const ApplyFlags& flags,
                                  const std::vector<Manifest>& manifests) {
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ApplyOptions options{.force_conflicts = flags.force_conflicts, .field_manager = flags.field_manager};
  ASSIGN_OR_RETURN(std::vector<Step> steps, PlanAll(*kube, ns, manifests, &options));
  if (flags.diff) return PrintDiffs(context, steps);
  if (flags.dry_run == "server") {
    if (flags.output.empty()) PrintPlan(context.io.out, steps, " (server dry run)");
  } else {
    for (const Step& step : steps)
      if (!step.plan.changes.empty()) PrintPlan(context.io.err, {step}, ", by:");
    ASSIGN_OR_RETURN(const bool go_on, MayGoOn(context, flags, steps));
    if (!go_on) {
      context.io.err << "nothing was applied" << std::endl;
      return kExitFailure;
    }
    TRY(ApplyAll(context, *kube, flags, options, &steps));
  }
  if (!flags.output.empty()) PrintData(context, flags.output, steps);
  return kExitOk;
}

shared::Status CheckFlags(const ApplyFlags& flags) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  if (!flags.diff) return shared::Ok();
  if (!flags.output.empty())
    return Fail(ErrorCode::kUsage, "--diff and -o do not go together", "-o json has what changes, too.");
  if (flags.dry_run == "client")
    return Fail(ErrorCode::kUsage, "--diff and --dry-run=client do not go together: the API server is asked");
  return shared::Ok();
}

shared::Result<int> ApplyFiles(const ApplyFlags& flags, CommandContext& context) {
  TRY(CheckFlags(flags));
  ASSIGN_OR_RETURN(const std::vector<Manifest> manifests,
                   ReadManifests(flags.files, flags.recursive, context.io.in));
  if (manifests.empty())
    return Fail(ErrorCode::kUsage, "cannot apply anything: there is no object in what was given");
  TRY(CheckNamespaces(manifests, context.global.kubeconfig.ns));
  if (!flags.ignore_rules) TRY(CheckRules(manifests, context.io.err));
  if (flags.dry_run != "client") return ApplyToServer(context, flags, manifests);
  TRY(CheckFields(manifests, context.io.err));
  ASSIGN_OR_RETURN(const std::vector<Step> steps, PlanUnasked(manifests));
  if (flags.output.empty())
    PrintPlan(context.io.out, steps, " (client dry run)");
  else
    PrintData(context, flags.output, steps);
  return kExitOk;
}

// With --diff every failure ends with 2, since 1 is a difference, as `kubectl diff` has it.
shared::Result<int> Run(const ApplyFlags& flags, CommandContext& context) {
  shared::Result<int> code = ApplyFiles(flags, context);
  if (!flags.diff) return code;
  if (code && !context.io.out.good())
    return Fail(ErrorCode::kUsage, "cannot write to stdout: the reader is gone or the disk is full");
  if (!code && code.error().code != ErrorCode::kInterrupted) {
    PrintError(context.io, code.error());
    return kExitUsage;
  }
  return code;
}

}  // namespace

void Apply(Leaf& leaf) {
  auto& flags = leaf.Flags<ApplyFlags>();
  leaf.Flag("-f,--filename", &flags.files,
            "A file of objects, a folder of such files (.yaml, .yml, .json), or -: stdin; may be repeated")
      ->required();
  leaf.Flag("-R,--recursive", &flags.recursive, "Take the files of the folders in a folder, too");
  leaf.app().add_flag(
      "--dry-run{client}", flags.dry_run,
      "=server: print what would change, which the API server judges, storing nothing; =client: check "
      "the operator's rules without an API server");
  leaf.Flag("--diff", &flags.diff,
            "Print what the API server would store beside what it stores, as `diff -u` does, and change "
            "nothing; ends with 0 without a difference, with 1 if there is one, with 2 if it fails");
  leaf.Flag("-o,--output", &flags.output, "Print the plan, with each object: yaml, json, or its names: name");
  leaf.Flag("-y,--yes", &flags.yes, "Do not ask before pods that run are deleted");
  leaf.Flag("--force-conflicts", &flags.force_conflicts, "Take over fields that another manager has set");
  leaf.Flag("--ignore-rules", &flags.ignore_rules, "Send what the operator of KubeRay 1.7 refuses, too");
  leaf.Flag("--field-manager", &flags.field_manager, "Name under which the fields are owned")
      ->capture_default_str();
  leaf.Flag("--server-side", &flags.server_side, "Taken for kubectl's sake: it always is")->group("");
  leaf.Note(
      "Checks the objects by the rules of KubeRay's operator, prints what each changed field does to what "
      "runs, and "
      "applies them on the server's side. Objects of other kinds in the files are applied in their order, "
      "too.");
  leaf.Example("Apply a cluster, a job or a service", "kubectl ray apply -f cluster.yaml");
  leaf.Example("See what would change, and whether the API server takes it",
               "kubectl ray apply -f cluster.yaml --dry-run=server");
  leaf.Example("See it as `kubectl diff` shows it", "kubectl ray apply -f cluster.yaml --diff");
  leaf.Example("Check files without a cluster, as in CI",
               "kubectl ray apply -f manifests/ -R --dry-run=client");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
