#include "kubectl-ray/commands/up.h"

#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/agent_flags.h"
#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/commands/ports_flag.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/launcher/launch_plan.h"
#include "kubectl-ray/launcher/up.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

Status CheckFlags(const UpFlags& flags) {
  if (flags.no_restart && flags.restart_only)
    return Fail(ErrorCode::kUsage,
                "--no-restart and --restart-only contradict: one replaces no pod, the other all");
  if (flags.restart_only && (flags.min_workers || flags.max_workers))
    return Fail(ErrorCode::kUsage,
                "--restart-only changes nothing else, and so goes with no number of workers");
  const std::pair<const char*, const std::optional<std::int64_t>*> numbers[] = {
      {"--min-workers", &flags.min_workers}, {"--max-workers", &flags.max_workers}};
  for (const auto& [name, value] : numbers)
    if (*value && **value < 0) return Fail(ErrorCode::kUsage, std::string(name) + " has to be 0 or more");
  return shared::Ok();
}

// Those that Ray's own command has, and that change nothing here.
void TakeFlagsForScripts(const UpFlags& flags, Streams& io) {
  TakeRaysLogFlags(flags.log, io);
  if (flags.no_config_cache) NoteWithoutEffect("--no-config-cache", "nothing is cached", io);
  if (flags.redirect_command_output)
    NoteWithoutEffect("--redirect-command-output", "the output of setup is in each pod's log, too", io);
  if (flags.use_login_shells)
    NoteWithoutEffect("--use-login-shells", "setup runs in the environment of Ray", io);
}

Result<Launch> ReadLaunch(const UpFlags& flags, const KubeClient& kube, CommandContext& context) {
  ASSIGN_OR_RETURN(const ClusterFile file,
                   ReadFileArgument(flags.file, flags.cluster_name, "bring up", context));
  ASSIGN_OR_RETURN(AgentOptions agent, AgentFrom(flags.agent_image, flags.agent_metrics));
  LaunchOptions options{.ns = {},
                        .backend = Backend::kPlain,
                        .min_workers = flags.min_workers,
                        .max_workers = flags.max_workers,
                        .agent = std::move(agent)};
  options.disable_usage_stats = flags.disable_usage_stats;
  ASSIGN_OR_RETURN(options.ports, ReadPortsFlag(flags.ports, context));
  ASSIGN_OR_RETURN(options.ns, NamespaceOf(file, context));
  options.restricted = IsRestricted(kube, options.ns);
  if (!flags.without_operator) {
    ASSIGN_OR_RETURN(const bool served, kube.Serves(kRayClusters));
    if (served) options.backend = Backend::kOperator;
  }
  std::vector<NodeFiles> files;
  if (file.launcher) {
    ASSIGN_OR_RETURN(files, ReadFileMounts(*file.launcher, context.environment("HOME").value_or("~")));
  }
  return MakeLaunch(file, files, options);
}

// What the operator would refuse in an event alone is said before anything is sent.
Status CheckRules(const UpFlags& flags, const Launch& launch) {
  if (launch.backend != Backend::kOperator) return shared::Ok();
  const std::vector<BrokenRule> broken = BrokenRules(launch.ray_cluster);
  if (broken.empty()) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              "cannot bring up " + flags.file + ": the KubeRay operator would refuse \"" + broken[0].field +
                  "\": " + broken[0].cause,
              broken[0].remedy);
}

// Returns whether to go on.
Result<bool> Ask(const UpFlags& flags, const LaunchPlan& plan, CommandContext& context) {
  if (flags.yes || !plan.HasChanges()) return true;
  const char* question =
      plan.IsDisruptive() ? "Go on, and stop what runs in the pods that are recreated or removed?" : "Go on?";
  ASSIGN_OR_RETURN(const bool sure, Confirm(context.io, context.interrupt, question));
  if (!sure) context.io.err << "Nothing was done." << std::endl;
  return sure;
}

void SayWhatNext(const UpFlags& flags, const Launch& launch, Streams& io) {
  const std::string file = shared::EscapeControl(flags.file);
  io.err << "Ray cluster \"" << launch.cluster << "\" is up.\n"
         << "  a shell in its head:  kubectl ray attach " << file << "\n"
         << "  its dashboard:        kubectl ray session " << launch.cluster << " -n " << launch.ns << "\n"
         << "  why it scales or not: kubectl ray monitor " << file << "\n"
         << "  its end:              kubectl ray down " << file << std::endl;
}

}  // namespace

Result<int> RunUp(const UpFlags& flags, CommandContext& context) {
  TRY(CheckFlags(flags));
  TakeFlagsForScripts(flags, context.io);
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(Launch launch, ReadLaunch(flags, *kube, context));
  for (const Note& note : launch.notes) context.io.err << FormatNote(note) << "\n";
  if (launch.backend == Backend::kOperator) WarnOfMissedGcs(launch.ray_cluster, context.io);
  TRY(CheckRules(flags, launch));
  TRY(CheckAgentPorts(shared::At(launch.ray_cluster, {"spec"})));
  const Restart restart = flags.no_restart     ? Restart::kNone
                          : flags.restart_only ? Restart::kAll
                                               : Restart::kChanged;
  ASSIGN_OR_RETURN(const LaunchPlan plan, PlanLaunch(*kube, std::move(launch), restart));
  context.io.out << PlanText(plan) << std::flush;
  if (flags.dry_run) return kExitOk;
  ASSIGN_OR_RETURN(const bool sure, Ask(flags, plan, context));
  if (!sure) return kExitOk;
  TRY(ApplyLaunch(*kube, plan, context.io));
  if (plan.IsSuspended()) {
    context.io.err << "The cluster is suspended: `kubectl ray resume " << plan.launch.cluster << " -n "
                   << plan.launch.ns << "` starts its pods." << std::endl;
    return kExitOk;
  }
  TRY(WaitForLaunch(*kube, plan, timeout, context.io));
  TRY(RemoveOldSecrets(*kube, plan));
  SayWhatNext(flags, plan.launch, context.io);
  return kExitOk;
}

void Up(Leaf& leaf) {
  auto& flags = leaf.Flags<UpFlags>();
  AddFileArgument(leaf, &flags.file, "The cluster launcher's YAML, or one with a RayCluster; -: stdin");
  AddClusterNameFlag(leaf, &flags.cluster_name);
  leaf.Flag("--min-workers", &flags.min_workers,
            "Override the minimum of workers of a file with one worker type");
  leaf.Flag("--max-workers", &flags.max_workers, "Override the maximum of workers");
  leaf.Flag("--no-restart", &flags.no_restart,
            "Replace no pod: what is changed holds for pods that start later");
  leaf.Flag("--restart-only", &flags.restart_only, "Change nothing, and replace all pods");
  leaf.Flag("-y,--yes", &flags.yes, "Carry the plan out without being asked");
  leaf.Flag("--dry-run", &flags.dry_run, "Print the plan, and do nothing");
  leaf.Flag("--without-operator", &flags.without_operator,
            "Make plain Deployments even where the KubeRay operator's RayCluster is served");
  AddAgentImageFlag(leaf, &flags.agent_image);
  AddAgentMetricsFlag(leaf, &flags.agent_metrics);
  AddPortsFlag(leaf, &flags.ports);
  leaf.Flag("--timeout", &flags.timeout, "How long to wait until all is ready")->capture_default_str();
  leaf.Flag("--no-config-cache", &flags.no_config_cache, "Taken for the sake of scripts: nothing is cached");
  leaf.Flag("--disable-usage-stats", &flags.disable_usage_stats, "Have Ray send no statistics of its use");
  leaf.Flag("--redirect-command-output", &flags.redirect_command_output,
            "Taken for the sake of scripts: setup's output is in each pod's log, too");
  leaf.Flag("--use-login-shells", &flags.use_login_shells,
            "Taken and without effect: setup runs in the environment of Ray");
  leaf.Flag("--use-normal-shells", &flags.use_normal_shells, "Taken: setup runs like that always");
  AddRaysLogFlags(leaf, &flags.log);
  leaf.Note(
      "Prints what is made, changed, recreated and untouched before it asks. Pods are replaced only if they "
      "would be "
      "others now. With file_mounts and setup commands each pod, a late one too, first unpacks and runs "
      "them, with "
      "their output here and in its log, and Ray starts if all ended well.");
  leaf.Example("Make the cluster of a file, or make it what the file says now",
               "kubectl ray up cluster.yaml");
  leaf.Example("See what that would change", "kubectl ray up cluster.yaml --dry-run");
  leaf.Example("Change it under running work, for pods that start later",
               "kubectl ray up cluster.yaml --no-restart -y");
  leaf.Run([&flags](CommandContext& context) { return RunUp(flags, context); });
}

}  // namespace kubectl_ray
