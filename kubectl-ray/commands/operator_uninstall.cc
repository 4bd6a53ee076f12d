#include "kubectl-ray/commands/operator_uninstall.h"

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/operator/owner.h"
#include "kubectl-ray/operator/resources.h"
#include "kubectl-ray/operator/uninstall.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::StringAt;

// All that goes.
struct Removal {
  Json deployment;  // null: there is no operator, and only definitions are left
  std::string ns;
  bool alone = true;
  RayObjects objects;  // go while the operator lives
  std::vector<OperatorObject> parts;
  std::vector<Json> webhooks;
  std::vector<Json> definitions;
};

Status CheckFlags(const OperatorUninstallFlags& flags) {
  if (flags.keep_objects && (flags.delete_objects || !flags.delete_definitions.empty()))
    return Fail(ErrorCode::kUsage, "--keep-objects cannot be given with --delete-objects or --delete-crds");
  return shared::Ok();
}

Status Choose(CommandContext& context, std::vector<Json> operators, Removal* removal) {
  const std::string& asked = context.global.kubeconfig.ns;
  std::string places;
  for (Json& one : operators) {
    const std::string ns = StringAt(one, {"metadata", "namespace"});
    places += (places.empty() ? "" : ", ") + ns;
    if (!asked.empty() && ns != asked) {
      removal->alone = false;
      continue;
    }
    if (!removal->deployment.is_null())
      return Fail(ErrorCode::kUsage, "there are several operators of KubeRay, in the namespaces " + places,
                  "Say which one: `-n NAMESPACE`.");
    removal->ns = ns;
    removal->deployment = std::move(one);
  }
  return shared::Ok();
}

Status CheckOwner(const OperatorUninstallFlags& flags, const Removal& removal) {
  const Owner owner = OwnerOf(removal.deployment);
  if (owner.is_ours() || flags.adopt) return shared::Ok();
  return Fail(
      ErrorCode::kConflict,
      "cannot uninstall KubeRay's operator: it is looked after by " + shared::EscapeControl(owner.ToText()),
      owner.kind == OwnerKind::kHelm && !owner.name.empty()
          ? "`helm uninstall " + owner.name + " -n " + owner.ns + "` does it, or --adopt does it anyway."
          : "Uninstall it by the tool that installed it, or anyway with --adopt.");
}

// Objects without an operator stay as they are: nobody makes their pods again, and their finalizers let
// nothing of them be deleted.
Status CheckObjects(const OperatorUninstallFlags& flags, const Removal& removal) {
  if (removal.objects.objects.empty() || flags.delete_objects || flags.keep_objects ||
      !flags.delete_definitions.empty())
    return shared::Ok();
  return Fail(
      ErrorCode::kConflict, "cannot uninstall KubeRay's operator: it looks after " + removal.objects.Count(),
      "--delete-objects deletes them first; --keep-objects leaves them and their pods without an operator.");
}

Status CheckDefinitions(const KubeClient& kube, const OperatorUninstallFlags& flags, Removal* removal) {
  if (flags.delete_definitions.empty()) return shared::Ok();
  if (!removal->alone)
    return Fail(ErrorCode::kConflict, "cannot delete KubeRay's definitions: another operator is there",
                "`kubectl ray operator status` shows it.");
  ASSIGN_OR_RETURN(removal->objects, FindRayObjects(kube, {}));
  const std::string count = std::to_string(removal->objects.objects.size());
  if (flags.delete_definitions != count)
    return Fail(ErrorCode::kConflict,
                "cannot delete KubeRay's definitions: " + removal->objects.Count() +
                    " of all namespaces would go with them, not " +
                    shared::EscapeControl(flags.delete_definitions),
                "If that is meant: `--delete-crds " + count + "`.");
  ASSIGN_OR_RETURN(removal->definitions, FindDefinitions(kube));
  return shared::Ok();
}

// The names under which it was installed; what is not there does not matter.
Status FindParts(const KubeClient& kube, Removal* removal) {
  OperatorSetup setup;
  ASSIGN_OR_RETURN(setup.release, FindOperatorRelease(""));
  setup.ns = removal->ns;
  setup.live = removal->deployment;
  const std::vector<std::string> watched = WatchedNamespaces(removal->deployment);
  for (const std::string& ns : watched) {
    ASSIGN_OR_RETURN(const Json role, FindAny(kube, kRoles, ns, kOperatorName));
    if (!role.is_null()) setup.watched.push_back(ns);
  }
  ASSIGN_OR_RETURN(const std::vector<OperatorObject> objects, OperatorObjects(setup));
  removal->parts = LeavingObjects(objects, removal->alone);
  removal->webhooks = WebhooksOf(kube, removal->ns);
  return shared::Ok();
}

Result<Removal> Find(const KubeClient& kube, const OperatorUninstallFlags& flags, CommandContext& context) {
  Removal removal;
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(std::vector<Json> operators, FindOperators(kube, ns));
  TRY(Choose(context, std::move(operators), &removal));
  if (removal.deployment.is_null() && flags.delete_definitions.empty())
    return Fail(ErrorCode::kNotFound, "there is no operator of KubeRay to uninstall",
                "`-n NAMESPACE` names the one in a namespace.");
  if (!removal.deployment.is_null()) {
    TRY(CheckOwner(flags, removal));
    ASSIGN_OR_RETURN(removal.objects, FindRayObjects(kube, WatchedNamespaces(removal.deployment)));
    TRY(CheckObjects(flags, removal));
    TRY(FindParts(kube, &removal));
  }
  TRY(CheckDefinitions(kube, flags, &removal));
  if (flags.keep_objects) removal.objects = {};
  return removal;
}

std::string Listed(const Removal& removal) {
  std::string text;
  if (!removal.objects.objects.empty()) text += "\n- " + removal.objects.Count() + ", and their pods";
  for (const Json& webhook : removal.webhooks)
    text += "\n- validatingwebhookconfiguration/" + StringAt(webhook, {"metadata", "name"});
  for (const OperatorObject& part : removal.parts)
    text += "\n- " + ObjectName(part.object) + (part.ns().empty() ? "" : " in namespace " + part.ns());
  for (const Json& definition : removal.definitions) text += "\n- " + ObjectName(definition);
  return shared::EscapeControl(text);
}

Status DeleteOne(const KubeClient& kube, const Resource& resource, const std::string& ns,
                 const std::string& name, Streams& io) {
  const auto deleted = kube.Delete(resource, ns, name);
  if (!deleted && deleted.error().code == ErrorCode::kNotFound) return shared::Ok();
  TRY(deleted);
  Json object = {{"apiVersion", resource.ApiVersion()}, {"kind", resource.kind}};
  object["metadata"]["name"] = name;
  io.out << shared::EscapeControl(ObjectName(object)) << " deleted" << std::endl;
  return shared::Ok();
}

Status Remove(const KubeClient& kube, const Removal& removal, std::chrono::milliseconds timeout,
              Streams& io) {
  TRY(DeleteRayObjects(kube, removal.objects, timeout, io));
  if (!removal.objects.objects.empty()) io.out << removal.objects.Count() << " deleted" << std::endl;
  for (const Json& webhook : removal.webhooks)
    TRY(DeleteOne(kube, kValidatingWebhooks, "", StringAt(webhook, {"metadata", "name"}), io));
  for (const OperatorObject& part : removal.parts)
    TRY(DeleteOne(kube, part.resource, part.ns(), part.name(), io));
  if (removal.definitions.empty()) return shared::Ok();
  // Somebody may have made one meanwhile: nobody has agreed to its end.
  ASSIGN_OR_RETURN(const RayObjects left, FindRayObjects(kube, {}));
  if (!left.objects.empty())
    return Fail(ErrorCode::kConflict,
                "the definitions were not deleted: there are " + left.Count() + " again");
  for (const Json& definition : removal.definitions)
    TRY(DeleteOne(kube, kDefinitions, "", StringAt(definition, {"metadata", "name"}), io));
  return shared::Ok();
}

Result<int> Run(const OperatorUninstallFlags& flags, CommandContext& context) {
  TRY(CheckFlags(flags));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Removal removal, Find(*kube, flags, context));
  if (!flags.yes) {
    ASSIGN_OR_RETURN(const bool sure, Confirm(context.io, context.interrupt,
                                              "Do you want to delete these?" + Listed(removal) + "\n"));
    if (!sure) {
      context.io.err << "Nothing was changed." << std::endl;
      return kExitOk;
    }
  }
  TRY(Remove(*kube, removal, timeout, context.io));
  if (!removal.deployment.is_null())
    context.io.err << "The namespace \"" << removal.ns << "\" stays: `kubectl delete namespace " << removal.ns
                   << "` deletes it with all that is in it.\n";
  return kExitOk;
}

}  // namespace

void OperatorUninstall(Leaf& leaf) {
  auto& flags = leaf.Flags<OperatorUninstallFlags>();
  leaf.Flag("--delete-objects", &flags.delete_objects,
            "Delete all that it looks after (RayClusters, RayJobs, ...) while it is there to finish their "
            "deletion");
  leaf.Flag("--keep-objects", &flags.keep_objects, "Leave them and their pods, without an operator");
  leaf.Flag("--delete-crds", &flags.delete_definitions,
            "Delete KubeRay's resource definitions, too, and with them so many objects of all namespaces: "
            "COUNT, their "
            "number, which has to be right");
  leaf.Flag("--adopt", &flags.adopt, "Do it even if Helm, Argo CD, Flux, kubectl or others look after it");
  leaf.Flag("-y,--yes", &flags.yes, "Answer 'yes' to all prompts and run non-interactively");
  leaf.Flag("--timeout", &flags.timeout, "How long the objects' deletion may take")->capture_default_str();
  leaf.Example("Uninstall it where nothing of Ray is left", "kubectl ray operator uninstall");
  leaf.Example("Take everything away: two clusters, the operator, the definitions",
               "kubectl ray operator uninstall --delete-crds 2");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
