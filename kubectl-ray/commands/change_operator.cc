#include "kubectl-ray/commands/change_operator.h"

#include <algorithm>

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/apply.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/operator/preflight.h"
#include "kubectl-ray/operator/resources.h"
#include "kubectl-ray/operator/schema.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::StringAt;

// What is there, and what is wanted of it.
struct Change {
  OperatorChange kind;
  OperatorSetup setup;
  std::vector<Json> others;  // operators elsewhere
  std::vector<Json> live_definitions;
  std::vector<OperatorObject> objects;
  std::vector<std::string> kept_definitions;  // newer than those of the release, and so left
};

Status CheckPart(const std::string& part) {
  if (part == "all" || part == "admin" || part == "user") return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot install the part \"" + shared::EscapeControl(part) + "\"",
              "Use --part all, --part admin or --part user.");
}

bool Wanted(const ChangeOperatorFlags& flags, const OperatorObject& object) {
  return flags.part == "all" || (flags.part == "admin") == (object.part == OperatorPart::kAdmin);
}

Result<std::vector<OperatorObject>> WantedObjects(const ChangeOperatorFlags& flags,
                                                  const OperatorSetup& setup) {
  ASSIGN_OR_RETURN(std::vector<OperatorObject> objects, OperatorObjects(setup));
  std::erase_if(objects, [&](const OperatorObject& object) { return !Wanted(flags, object); });
  return objects;
}

std::string NamespaceOf(const Json& deployment) { return StringAt(deployment, {"metadata", "namespace"}); }

Result<std::string> NamespaceWithoutServer(const ChangeOperatorFlags& flags, CommandContext& context) {
  if (!context.global.kubeconfig.ns.empty()) return context.global.kubeconfig.ns;
  if (flags.namespaced) return context.Namespace();
  return std::string(kOperatorName);
}

// Chooses the namespace, and puts the operator that is there into the setup, the others elsewhere.
Status Place(const ChangeOperatorFlags& flags, CommandContext& context, std::vector<Json> operators,
             Change* change) {
  std::string& ns = change->setup.ns;
  ASSIGN_OR_RETURN(ns, NamespaceWithoutServer(flags, context));
  if (context.global.kubeconfig.ns.empty() && !flags.namespaced && !operators.empty()) {
    std::string places;
    for (const Json& one : operators) places += (places.empty() ? "" : ", ") + NamespaceOf(one);
    if (operators.size() > 1)
      return Fail(ErrorCode::kUsage, "there are several operators of KubeRay, in the namespaces " + places,
                  "Say which one: `-n NAMESPACE`.");
    ns = NamespaceOf(operators.front());
  }
  for (Json& one : operators) {
    if (NamespaceOf(one) == ns && change->setup.live.is_null())
      change->setup.live = std::move(one);
    else
      change->others.push_back(std::move(one));
  }
  return shared::Ok();
}

Status CheckVersion(const Change& change) {
  const Json& live = change.setup.live;
  const std::string installed = OperatorVersionOf(live), target = change.setup.release->version;
  if (change.kind == OperatorChange::kUpgrade && live.is_null())
    return Fail(ErrorCode::kNotFound,
                "cannot upgrade KubeRay's operator: there is none in namespace \"" + change.setup.ns + "\"",
                "`kubectl ray operator install` installs it; `-n NAMESPACE` names another namespace.");
  if (change.kind == OperatorChange::kUpgrade || live.is_null() ||
      VersionNumbers(installed) == VersionNumbers(target))
    return shared::Ok();
  return Fail(ErrorCode::kConflict,
              "cannot install KubeRay's operator " + target + ": " + shared::EscapeControl(installed) +
                  " is in namespace \"" + change.setup.ns + "\"",
              "`kubectl ray operator upgrade --version " + target + "` replaces it.");
}

// Two operators that look after the same objects undo each other's work.
Status CheckOthers(const ChangeOperatorFlags& flags, const Change& change) {
  const std::vector<std::string> here = flags.namespaced || change.setup.live.is_null()
                                            ? change.setup.watched
                                            : WatchedNamespaces(change.setup.live);
  if (flags.namespaced && !change.setup.live.is_null() && WatchedNamespaces(change.setup.live) != here)
    return Fail(
        ErrorCode::kConflict,
        "the operator in namespace \"" + change.setup.ns + "\" looks after other namespaces, too",
        "`kubectl ray operator uninstall --keep-objects` removes it with its rights; install it again "
        "after that.");
  for (const Json& other : change.others) {
    const std::vector<std::string> there = WatchedNamespaces(other);
    const bool overlap =
        here.empty() || there.empty() || std::any_of(here.begin(), here.end(), [&](const std::string& ns) {
          return std::find(there.begin(), there.end(), ns) != there.end();
        });
    if (overlap)
      return Fail(
          ErrorCode::kConflict,
          "the operator in namespace \"" + NamespaceOf(other) + "\" looks after the same objects",
          "`kubectl ray operator status` shows all of them; `-n " + NamespaceOf(other) + "` means that one.");
  }
  return shared::Ok();
}

// An operator with rights in its namespaces alone gets no more by an upgrade.
Status FindScope(const KubeClient& kube, const ChangeOperatorFlags& flags, OperatorSetup* setup) {
  if (flags.namespaced) setup->watched = {setup->ns};
  const std::vector<std::string> watched = WatchedNamespaces(setup->live);
  if (!flags.namespaced && !watched.empty()) {
    const auto role = FindAny(kube, kRoles, watched.front(), kOperatorName);
    if (!role && role.error().code != ErrorCode::kAuth) return shared::Unexpected(role.error());
    if (!role || !role->is_null()) setup->watched = watched;
  }
  if (!setup->live.is_null() || flags.namespaced) return shared::Ok();
  const auto ns = FindAny(kube, kNamespaces, "", setup->ns);
  if (!ns && ns.error().code != ErrorCode::kAuth) return shared::Unexpected(ns.error());
  setup->make_namespace = ns && ns->is_null();
  return shared::Ok();
}

// Older definitions take fields away. Only an upgrade to an older release is asked to do so, and only if no
// other operator needs them.
void KeepNewerDefinitions(Change* change) {
  if (change->kind == OperatorChange::kUpgrade && change->others.empty()) return;
  std::erase_if(change->objects, [&](const OperatorObject& object) {
    for (const Json& live : change->live_definitions) {
      if (object.resource != kDefinitions || StringAt(live, {"metadata", "name"}) != object.name()) continue;
      if (VersionNumbers(ReleaseOfDefinition(live)) <= VersionNumbers(ReleaseOfDefinition(object.object)))
        continue;
      change->kept_definitions.push_back(object.name());
      return true;
    }
    return false;
  });
}

Result<Change> FindChange(const KubeClient& kube, const ChangeOperatorFlags& flags, OperatorChange kind,
                          OperatorSetup setup, CommandContext& context) {
  Change change{.kind = kind,
                .setup = std::move(setup),
                .others = {},
                .live_definitions = {},
                .objects = {},
                .kept_definitions = {}};
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(std::vector<Json> operators, FindOperators(kube, ns));
  TRY(Place(flags, context, std::move(operators), &change));
  TRY(CheckVersion(change));
  TRY(FindScope(kube, flags, &change.setup));
  TRY(CheckOthers(flags, change));
  auto definitions = FindDefinitions(kube);
  if (!definitions && definitions.error().code != ErrorCode::kAuth)
    return shared::Unexpected(definitions.error());
  if (definitions) change.live_definitions = *std::move(definitions);
  ASSIGN_OR_RETURN(change.objects, WantedObjects(flags, change.setup));
  KeepNewerDefinitions(&change);
  return change;
}

Status LookAtObjects(const KubeClient& kube, const std::vector<std::string>& watched, PreflightInput* input) {
  for (const Json& definition : input->live_definitions) {
    const Resource resource{"ray.io", "v1", StringAt(definition, {"spec", "names", "plural"}),
                            StringAt(definition, {"spec", "names", "kind"})};
    for (const std::string& ns : watched.empty() ? std::vector<std::string>{""} : watched) {
      const auto listed = kube.List(resource, ns, {}, [&](const Json& object) {
        AddToPreflight(object, input);
        return true;
      });
      if (listed || listed.error().code == ErrorCode::kNotFound) continue;
      if (listed.error().code != ErrorCode::kAuth) return shared::Unexpected(listed.error());
      input->not_seen.push_back(resource.plural + ": " + listed.error().message);
    }
  }
  return shared::Ok();
}

// Prints the warnings; an error if one is fatal.
Status CheckBefore(const KubeClient& kube, const Change& change, CommandContext& context) {
  PreflightInput input;
  input.target = change.setup.release;
  input.live_definitions = change.live_definitions;
  for (const OperatorObject& object : change.objects) {
    if (object.resource == kDefinitions) input.definitions.push_back(object.object);
    if (object.resource == kDeployments) input.deployment = object.object;
  }
  input.replaces_definitions = !input.definitions.empty();
  if (change.kind == OperatorChange::kUpgrade)
    TRY(LookAtObjects(kube, WatchedNamespaces(change.setup.live), &input));
  std::string fatal, way_out;
  for (const PreflightFinding& finding : Preflight(input)) {
    if (finding.fatal) {
      fatal += "\n- " + finding.text;
      way_out += (way_out.empty() ? "" : " ") + finding.way_out;
    } else {
      context.io.err << "warning: " << shared::EscapeControl(finding.text)
                     << (finding.way_out.empty() ? "" : ". " + shared::EscapeControl(finding.way_out))
                     << '\n';
    }
  }
  if (fatal.empty()) return shared::Ok();
  return Fail(ErrorCode::kConflict,
              "cannot have KubeRay's operator " + change.setup.release->version + ":" + fatal, way_out);
}

Status CheckRefusals(const ChangeOperatorFlags& flags, const std::vector<JudgedObject>& judged) {
  std::string refused;
  std::size_t count = 0;
  bool admins = false;
  for (const JudgedObject& one : judged) {
    if (one.refusal.empty()) continue;
    refused += "\n- " + one.change.name + ": " + one.refusal;
    admins = admins || one.wanted.part == OperatorPart::kAdmin;
    ++count;
  }
  if (count == 0) return shared::Ok();
  const std::string scope = flags.namespaced ? " --namespaced" : "";
  return Fail(ErrorCode::kAuth,
              "the API server refuses " + std::to_string(count) + " of " + std::to_string(judged.size()) +
                  " objects; nothing was changed:" + refused,
              admins
                  ? "`kubectl ray operator install" + scope +
                        " --part admin --dry-run` prints what an administrator has to apply; `--part user` "
                        "installs the rest."
                  : "");
}

Status CheckOwners(const ChangeOperatorFlags& flags, const std::vector<ObjectChange>& changes,
                   const std::string& version) {
  const std::string foreign = ForeignObjects(changes);
  if (flags.adopt || foreign.empty()) return shared::Ok();
  return Fail(ErrorCode::kConflict, "cannot change what others look after:" + foreign,
              WayOutOfForeign(changes, version));
}

// Helm keeps a release in Secrets, and would change or delete what has been taken over.
void NoteHelm(const std::vector<ObjectChange>& changes, std::ostream& err) {
  for (const ObjectChange& change : changes)
    if (change.owner.kind == OwnerKind::kHelm && !change.owner.name.empty()) {
      const std::string ns = change.owner.ns.empty() ? "" : " -n " + change.owner.ns;
      err << shared::EscapeControl(
                 "note: Helm still has its release; `helm uninstall` would delete the operator. `kubectl "
                 "delete "
                 "secret" +
                 ns + " -l owner=helm,name=" + change.owner.name + "` makes Helm forget it.")
          << '\n';
      return;
    }
}

std::vector<std::string> ChangedGates(const OperatorSetup& setup) {
  const std::string installed = OperatorVersionOf(setup.live);
  const auto before = FindOperatorRelease(installed);
  if (installed.empty() || !before) return {};
  return GateChanges(**before, *setup.release);
}

void PrintPlan(const Change& change, const std::vector<ObjectChange>& changes, std::ostream& err) {
  const std::string installed = OperatorVersionOf(change.setup.live);
  err << "KubeRay's operator " << change.setup.release->version << " in namespace \"" << change.setup.ns
      << '"';
  if (!installed.empty()) err << ", where " << shared::EscapeControl(installed) << " is";
  err << ":\n" << RenderPlan(changes, ChangedGates(change.setup));
  for (const std::string& name : change.kept_definitions)
    err << "= " << name << " stays as it is: it is of a newer KubeRay\n";
}

void Print(const std::vector<JudgedObject>& judged, const ChangeOperatorFlags& flags, Streams& io) {
  std::vector<Json> objects;
  for (const JudgedObject& one : judged) objects.push_back(one.wanted.object);
  PrintObjects(io, flags.output, std::move(objects));
}

// Applies what was agreed to. Whether it was: false if the answer was no.
Result<bool> Carry(const KubeClient& kube, const ChangeOperatorFlags& flags,
                   const std::vector<JudgedObject>& judged, std::chrono::milliseconds timeout,
                   CommandContext& context) {
  if (!flags.yes) {
    ASSIGN_OR_RETURN(const bool sure,
                     Confirm(context.io, context.interrupt, "Do you want to make these changes?"));
    if (!sure) {
      context.io.err << "Nothing was changed." << std::endl;
      return false;
    }
  }
  TRY(ApplyObjects(kube, judged, timeout, flags.output.empty(), context.io));
  if (!flags.output.empty()) Print(judged, flags, context.io);
  return true;
}

Result<int> Execute(const KubeClient& kube, const ChangeOperatorFlags& flags, Change change,
                    std::chrono::milliseconds timeout, CommandContext& context) {
  ASSIGN_OR_RETURN(const std::vector<JudgedObject> judged, JudgeObjects(kube, std::move(change.objects)));
  TRY(CheckRefusals(flags, judged));
  std::vector<ObjectChange> changes;
  for (const JudgedObject& one : judged) changes.push_back(one.change);
  PrintPlan(change, changes, context.io.err);
  TRY(CheckOwners(flags, changes, change.setup.release->version));
  if (flags.dry_run == "server") {
    if (!flags.output.empty()) Print(judged, flags, context.io);
    return kExitOk;
  }
  const bool nothing = std::all_of(changes.begin(), changes.end(),
                                   [](const ObjectChange& one) { return one.action == ChangeAction::kKeep; });
  if (nothing) {
    context.io.err << "There is nothing to change." << std::endl;
  } else {
    ASSIGN_OR_RETURN(const bool agreed, Carry(kube, flags, judged, timeout, context));
    if (!agreed) return kExitOk;
    NoteHelm(changes, context.io.err);
  }
  if (!flags.wait || flags.part == "admin") return kExitOk;
  TRY(WaitForRollout(kube, change.setup.ns, judged.back().wanted.name(), timeout, context.io));
  return kExitOk;
}

}  // namespace

void AddChangeOperatorFlags(Leaf& leaf, ChangeOperatorFlags* flags) {
  leaf.Flag("--version", &flags->version,
            "The release of KubeRay to have, of those that this program carries [" +
                OperatorReleases().back().version + "]");
  leaf.Flag("--image", &flags->image, "The operator's image, such as a mirror's");
  leaf.Flag("--feature-gates", &flags->gates, "The operator's feature gates: A=true,B=false [as they are]");
  leaf.Flag("--part", &flags->part,
            "All, or only what takes an administrator's rights (definitions, roles), or only the rest: all, "
            "admin or "
            "user")
      ->capture_default_str();
  leaf.Flag("--adopt", &flags->adopt,
            "Take over what Helm, Argo CD, Flux, kubectl or others have installed and look after");
  leaf.app().add_flag(
      "--dry-run{client}", flags->dry_run,
      "Print the objects for `kubectl apply --server-side -f -` and ask no server; =server: show "
      "the plan, have the API server judge each object, and store nothing");
  leaf.Flag("-o,--output", &flags->output, "Print the objects: yaml, json or name");
  leaf.Flag("-y,--yes", &flags->yes, "Answer 'yes' to all prompts and run non-interactively");
  leaf.Flag("--wait", &flags->wait, "Wait until the operator is ready");
  leaf.Flag("--timeout", &flags->timeout, "The timeout for --wait and for the definitions")
      ->capture_default_str();
}

Result<int> ChangeOperator(const ChangeOperatorFlags& flags, OperatorChange kind, CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  TRY(CheckPart(flags.part));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  OperatorSetup setup;
  ASSIGN_OR_RETURN(setup.release, FindOperatorRelease(flags.version));
  setup.image = flags.image;
  if (!flags.gates.empty()) setup.gates = flags.gates;
  if (flags.dry_run == "client") {
    ASSIGN_OR_RETURN(setup.ns, NamespaceWithoutServer(flags, context));
    setup.make_namespace = !flags.namespaced;
    if (flags.namespaced) setup.watched = {setup.ns};
    ASSIGN_OR_RETURN(const std::vector<OperatorObject> objects, WantedObjects(flags, setup));
    std::vector<Json> printed;
    for (const OperatorObject& object : objects) printed.push_back(object.object);
    PrintObjects(context.io, flags.output, std::move(printed));
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(Change change, FindChange(*kube, flags, kind, std::move(setup), context));
  TRY(CheckBefore(*kube, change, context));
  return Execute(*kube, flags, std::move(change), timeout, context);
}

}  // namespace kubectl_ray
