#include "kubectl-ray/clusters/delete.h"

#include <algorithm>

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/delete.h"
#include "kubectl-ray/commands/serve_on_cluster.h"
#include "kubectl-ray/kinds/ray_service.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// Asks unless --yes is given. `listed`: a line for each thing that goes, each after a newline.
Result<bool> IsWanted(const DeleteFlags& options, const std::string& listed, CommandContext& context) {
  if (options.yes) return true;
  ASSIGN_OR_RETURN(const bool sure,
                   Confirm(context.io, context.interrupt, official::DeletionQuestion() + listed + "\n"));
  if (!sure) context.io.err << official::CanceledDeletion() << std::endl;
  return sure;
}

// "service/fruit" and "fruit": the names of applications are no names of Kubernetes.
std::vector<std::string> ApplicationsOf(const std::vector<std::string>& targets) {
  std::vector<std::string> names;
  for (const std::string& target : targets) {
    const std::size_t slash = target.find('/');
    const bool has_type = slash != target.npos && FindKind(target.substr(0, slash)) == &RayServiceKind();
    std::string name = has_type ? target.substr(slash + 1) : target;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

// Until the applications are gone; those of `names`, or all if it is empty.
Result<int> WaitServesNot(const ReachedServe& serve, const std::vector<std::string>& names,
                          shared::Deadline deadline, CommandContext& context) {
  Progress progress(context.io);
  while (true) {
    ASSIGN_OR_RETURN(const ServeInstance instance, ReadServe(serve));
    std::string left;
    for (const ServedApplication& application : instance.applications)
      if (names.empty() || std::find(names.begin(), names.end(), application.name) != names.end())
        left = "application \"" + application.name + "\" is " + application.status;
    if (left.empty()) return kExitOk;
    progress.Show(shared::EscapeControl(left));
    if (deadline.passed())
      return Fail(
          ErrorCode::kTimeout, left + " when --timeout is over",
          "Serve goes on deleting it; `kubectl ray rollout status cluster/NAME` shows how far it is.");
    if (context.interrupt.WaitFor(std::chrono::seconds(1))) return kExitInterrupted;
  }
}

Result<int> DeleteAllApplications(const DeleteFlags& options, const ReachedServe& serve,
                                  const ServeInstance& instance, shared::Deadline deadline,
                                  CommandContext& context) {
  if (!instance.runs) {
    context.io.err << "Serve does not run on " << shared::EscapeControl(serve.where) << std::endl;
    return kExitOk;
  }
  std::string listed;
  for (const ServedApplication& application : instance.applications)
    listed += "\n- application/" + application.name;
  listed += "\n- Serve itself on " + serve.where + ", with its proxies";
  ASSIGN_OR_RETURN(const bool sure, IsWanted(options, shared::EscapeControl(listed), context));
  if (!sure) return kExitOk;
  TRY(ShutDownServe(serve));
  for (const ServedApplication& application : instance.applications)
    context.io.out << shared::EscapeControl(official::Deleted("application", application.name)) << '\n';
  context.io.out << shared::EscapeControl("Serve on " + serve.where + " is shut down") << std::endl;
  return options.wait ? WaitServesNot(serve, {}, deadline, context) : Result<int>(kExitOk);
}

Result<int> DeleteApplications(const DeleteFlags& options, std::chrono::milliseconds timeout,
                               CommandContext& context) {
  const std::vector<std::string> names = ApplicationsOf(options.targets);
  if (names.empty() != options.all)
    return Fail(ErrorCode::kUsage,
                names.empty() ? "which applications are to be deleted?"
                              : "cannot use --all together with names of applications",
                "Name them, as in service/fruit, or give --all.");
  ASSIGN_OR_RETURN(const ReachedServe serve, ReachServeToChange(context, options.dashboard));
  ASSIGN_OR_RETURN(const ServeInstance instance, ReadServe(serve));
  const shared::Deadline deadline = shared::Deadline::After(timeout);
  if (options.all) return DeleteAllApplications(options, serve, instance, deadline, context);
  ASSIGN_OR_RETURN(const ServePlan plan, PlanServeWithout(instance, names));
  ASSIGN_OR_RETURN(const bool sure, IsWanted(options, ListDeleted(plan.changes), context));
  if (!sure) return kExitOk;
  TRY(SendServePlan(serve, plan));
  for (const ServeChange& change : plan.changes)
    if (change.kind == ServeChangeKind::kDeleted)
      context.io.out << shared::EscapeControl(official::Deleted("application", change.name)) << std::endl;
  return options.wait ? WaitServesNot(serve, names, deadline, context) : Result<int>(kExitOk);
}

// TYPE NAME... would delete other things than the clusters TYPE, NAME..., if TYPE is a cluster's name, too.
shared::Status CheckIsNoCluster(const KubeClient& kube, const std::string& ns, const std::string& type) {
  if (!FindCluster(kube, ns, type)) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              "cannot know what is to be deleted: \"" + type + "\" is a type and a Ray cluster",
              "Write raycluster/" + type + " for the cluster, and TYPE/NAME for all others.");
}

Result<int> Run(const DeleteFlags& options, CommandContext& context) {
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", options.timeout));
  if (options.dashboard != DashboardAddress()) return DeleteApplications(options, timeout, context);
  if (options.all)
    return Fail(ErrorCode::kUsage, "cannot use --all without a cluster whose applications are meant",
                "Name that: --ray-cluster CLUSTER.");
  if (options.targets.empty())
    return Fail(ErrorCode::kUsage, "TARGET is required", "`kubectl ray delete --help` shows examples.");
  std::vector<Target> targets;
  const std::vector<std::string> texts = JoinTypeAndNames(options.targets);
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Target target, ParseTarget(text));
    if (std::find(targets.begin(), targets.end(), target) == targets.end())
      targets.push_back(std::move(target));
  }
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  if (texts != options.targets) TRY(CheckIsNoCluster(*kube, ns, options.targets.front()));
  // All are looked up first: a wrong name among several deletes none.
  std::vector<Deletion> deletions;
  std::string listed;
  for (const Target& target : targets) {
    ASSIGN_OR_RETURN(Deletion deletion, FindDeletion(*kube, ns, target));
    listed +=
        "\n- " + ToString(target) + (deletion.goes_along.empty() ? "" : " (" + deletion.goes_along + ")");
    deletions.push_back(std::move(deletion));
  }
  ASSIGN_OR_RETURN(const bool sure, IsWanted(options, listed, context));
  if (!sure) return kExitOk;
  for (const Deletion& deletion : deletions) {
    TRY(Delete(*kube, ns, deletion));
    context.io.out << official::Deleted(deletion.target.kind->type, deletion.target.name);
    context.io.out << (deletion.goes_along.empty() ? "" : " with " + deletion.goes_along) << std::endl;
  }
  if (options.wait)
    for (const Deletion& deletion : deletions)
      if (!deletion.cluster.empty()) TRY(WaitGone(*kube, ns, deletion.cluster, timeout, context.io));
  return kExitOk;
}

}  // namespace

void Delete(Leaf& leaf) {
  auto& flags = leaf.Flags<DeleteFlags>();
  AddTargetArgument(leaf, &flags.targets, TargetHelp() + "; several at once");
  leaf.Flag("-y,--yes", &flags.yes, "Answer 'yes' to all prompts and run non-interactively");
  leaf.Flag("--wait", &flags.wait, "Return only when the pods, or the applications, are gone");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  AddServeFlags(leaf, &flags.dashboard,
                "The targets are applications of Serve on this cluster, which itself stays");
  leaf.Flag("--all", &flags.all, "With --ray-cluster or --address: all applications, and Serve itself");
  leaf.Example("Delete Ray cluster", "kubectl ray delete sample-raycluster");
  leaf.Example("Delete RayJob and RayService, without being asked",
               "kubectl ray delete rayjob/sample-rayjob rayservice/sample-rayservice --yes");
  leaf.Example("Delete an application that a cluster serves; all of them",
               "kubectl ray delete service/fruit -c demo", "kubectl ray delete -c demo --all");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
