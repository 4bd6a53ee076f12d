#include "kubectl-ray/commands/create_service.h"

#include "kubectl-ray/cli/confirm.h"
#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/follow_rollout.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/commands/serve_on_cluster.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/ray_service.h"
#include "kubectl-ray/manifests/names.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "kubectl-ray/services/new_service.h"
#include "kubectl-ray/services/serve_config.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

struct GivenConfig {
  Json value;
  std::string text;  // the file's as it is, so that its comments stay, unless an application is put to it
};

Result<GivenConfig> ReadServeFlags(const CreateServiceFlags& flags, CommandContext& context) {
  if (flags.serve_config.empty() && flags.import_path.empty())
    return Fail(ErrorCode::kUsage, "cannot create a service that serves nothing",
                "Give --import-path MODULE:VARIABLE, --serve-config FILE, or both.");
  GivenConfig config;
  if (!flags.serve_config.empty()) {
    ASSIGN_OR_RETURN(config.text, ReadYamlFile(flags.serve_config, context.io.in));
    ASSIGN_OR_RETURN(ServeConfig read, ParseServeConfig(flags.serve_config, config.text));
    for (const std::string& warning : read.warnings)
      context.io.err << "warning: " << shared::EscapeControl(warning) << '\n' << std::flush;
    config.value = std::move(read.value);
  }
  if (flags.import_path.empty()) return config;
  JobFlags env;
  env.runtime_env_file = flags.runtime_env_file;
  env.runtime_env_json = flags.runtime_env_json;
  ASSIGN_OR_RETURN(Json runtime_env, ReadRuntimeEnv(context, env, Json()));
  AddApplication({flags.app_name, flags.route_prefix, flags.import_path, std::move(runtime_env)},
                 &config.value);
  TRY(CheckServeConfig(config.value));
  config.text = DumpYaml(config.value);
  return config;
}

Result<Json> MakeService(const KubeClient& kube, const ClusterSpec& spec, const Json& service, bool dry_run) {
  const Result<Json> there = kube.Get(kRayServices, spec.ns, spec.name);
  if (there)
    return Fail(
        ErrorCode::kConflict,
        "cannot create RayService \"" + spec.name + "\": it already exists in namespace \"" + spec.ns + "\"",
        "`kubectl ray status rayservice/" + spec.name + " -n " + spec.ns +
            "` shows it; `kubectl ray apply -f FILE` changes it.");
  if (there.error().code != ErrorCode::kNotFound) return shared::Unexpected(there.error());
  if (spec.agent.delivery == AgentOptions::Delivery::kConfigMap)
    TRY(EnsureAgent(kube, spec.ns, EmbeddedAgents(), dry_run));
  return kube.Apply(kRayServices, spec.ns, spec.name, service, {.dry_run = dry_run});
}

Result<int> WaitServes(const CreateServiceFlags& flags, const ClusterSpec& spec,
                       std::chrono::milliseconds timeout, CommandContext& context) {
  std::string verdict;
  Progress progress(context.io);
  const Result<int> code = FollowRollout(context, spec.ns, {&RayServiceKind(), spec.name},
                                         shared::Deadline::After(timeout), true, [&](const Rollout& rollout) {
                                           verdict = RenderVerdict(rollout);
                                           if (rollout.verdict == RolloutVerdict::kProgressing)
                                             progress.Show(verdict);
                                           else
                                             progress.Clear();
                                         });
  if (code && *code == kExitOk && flags.output.empty()) context.io.out << verdict << std::endl;
  return code;
}

// On a cluster that runs NAME is that of the application, and nothing is made but what it serves.
shared::Status CheckDeployFlags(const CreateServiceFlags& flags) {
  const char* hint = "`create service` without --ray-cluster and --address makes a RayService.";
  if (flags.cluster != ClusterFlags() || !flags.file.empty() || !flags.set.empty())
    return Fail(ErrorCode::kUsage,
                "cannot use the flags of a new cluster on one that runs (--ray-cluster, --address)", hint);
  if (!flags.name.empty() && flags.import_path.empty())
    return Fail(ErrorCode::kUsage, "cannot name the applications of a Serve config \"" + flags.name + "\"",
                "The file names them: leave NAME out, or give --import-path.");
  if (!flags.name.empty() && flags.app_name != CreateServiceFlags().app_name)
    return Fail(ErrorCode::kUsage, "cannot use NAME and --app-name together: both name the application");
  if (flags.output == "name")
    return Fail(ErrorCode::kUsage, "cannot print a Serve config as \"name\"", "Use -o yaml or -o json.");
  return shared::Ok();
}

// Returns whether nothing that serves is to go, or the user wants it to.
Result<bool> MayDelete(const ServePlan& plan, bool yes, CommandContext& context) {
  const std::string listed = ListDeleted(plan.changes);
  if (listed.empty() || yes) return true;
  ASSIGN_OR_RETURN(const bool sure,
                   Confirm(context.io, context.interrupt, official::DeletionQuestion() + listed + "\n"));
  if (!sure) context.io.err << official::CanceledDeletion() << std::endl;
  return sure;
}

void PrintDeployed(const CreateServiceFlags& flags, const ServePlan& plan, CommandContext& context) {
  const bool dry = flags.dry_run != "none";
  const bool prints_config = dry || !flags.output.empty();
  (prints_config ? context.io.err : context.io.out)
      << RenderServeChanges(plan.changes, dry ? " (dry run)" : "") << std::flush;
  if (!prints_config) return;
  context.io.out << (flags.output == "json" ? shared::DumpJson(plan.body, 4) + "\n" : DumpYaml(plan.body))
                 << std::flush;
}

Result<int> WaitDeployed(const CreateServiceFlags& flags, const ReachedServe& serve, const Json& config,
                         shared::Deadline deadline, CommandContext& context) {
  ServeWatch watch{.deadline = deadline, .just_sent = true};
  for (const Json& application : shared::At(config, {"applications"}))
    watch.names.push_back(StringAt(application, {"name"}, "default"));
  std::string verdict;
  Progress progress(context.io);
  const Result<int> code =
      FollowServe(context, serve, watch, [&](const ServeInstance&, const ServeVerdict& now) {
        verdict = RenderServeVerdict(now, serve.where);
        if (now.verdict == RolloutVerdict::kProgressing)
          progress.Show(verdict);
        else
          progress.Clear();
      });
  if (code && *code == kExitOk && flags.output.empty()) context.io.out << verdict << std::endl;
  return code;
}

Result<int> Deploy(CreateServiceFlags flags, std::chrono::milliseconds timeout, CommandContext& context) {
  TRY(CheckDeployFlags(flags));
  if (!flags.name.empty()) flags.app_name = flags.name;
  ASSIGN_OR_RETURN(const GivenConfig config, ReadServeFlags(flags, context));
  ASSIGN_OR_RETURN(const ReachedServe serve, ReachServeToChange(context, flags.dashboard));
  ASSIGN_OR_RETURN(const ServeInstance instance, ReadServe(serve));
  ASSIGN_OR_RETURN(const ServePlan plan, PlanServe(instance, config.value, flags.replace));
  for (const std::string& note : plan.notes)
    context.io.err << "warning: " << shared::EscapeControl(note) << '\n' << std::flush;
  if (flags.dry_run == "none") {
    ASSIGN_OR_RETURN(const bool sure, MayDelete(plan, flags.yes, context));
    if (!sure) return kExitOk;
    TRY(SendServePlan(serve, plan));
  }
  PrintDeployed(flags, plan, context);
  if (!flags.wait || flags.dry_run != "none") return kExitOk;
  return WaitDeployed(flags, serve, config.value, shared::Deadline::After(timeout), context);
}

Result<int> Run(const CreateServiceFlags& flags, const std::vector<std::string>& cluster_flags,
                CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  if (flags.dashboard != DashboardAddress()) return Deploy(flags, timeout, context);
  if (flags.replace || flags.yes)
    return Fail(ErrorCode::kUsage, "cannot use --replace and --yes for a new RayService",
                "They are for a cluster that runs: --ray-cluster CLUSTER.");
  ASSIGN_OR_RETURN(ClusterSpec spec,
                   SpecOfNew(flags.cluster, flags.file, flags.name, cluster_flags, context));
  TRY(CheckObjectName(kServiceNames, spec.name));
  TRY(CheckClusterSpec(spec));
  ASSIGN_OR_RETURN(const GivenConfig config, ReadServeFlags(flags, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, ServerOf(context, RayServiceKind(), flags.dry_run));
  if (kube != nullptr) DecidePodSecurity(*kube, &spec);
  ASSIGN_OR_RETURN(Json service, RayServiceFor(spec, config.text, flags.set));
  TRY(CheckNewObject(service, context.io.err));
  TRY(CheckAgentPorts(shared::At(service, {"spec", "rayClusterConfig"})));
  WarnOfStopHooks(shared::At(service, {"spec", "rayClusterConfig"}), context.io);
  if (flags.dry_run != "client") {
    ASSIGN_OR_RETURN(service, MakeService(*kube, spec, service, flags.dry_run == "server"));
  }
  if (flags.dry_run != "none") {
    PrintNew(spec, {service}, flags.output, flags.dry_run, context);
    return kExitOk;
  }
  if (flags.output.empty())
    context.io.out << ObjectName(service) << " created" << std::endl;
  else
    PrintObjects(context.io, flags.output, {service});
  return flags.wait ? WaitServes(flags, spec, timeout, context) : Result<int>(kExitOk);
}

void AddConfigFlags(Leaf& leaf, CreateServiceFlags* flags) {
  leaf.Flag("--serve-config", &flags->serve_config,
            "A Serve config file, with its list of applications; -: stdin");
  CLI::Option* import_path = leaf.Flag(
      "--import-path", &flags->import_path,
      "An application to serve: MODULE:VARIABLE, as `serve run` takes it; beside those of the file");
  leaf.Flag("--app-name", &flags->app_name, "Name of that application")
      ->capture_default_str()
      ->needs(import_path);
  leaf.Flag("--route-prefix", &flags->route_prefix, "The path under which it is reached")
      ->capture_default_str()
      ->needs(import_path);
  leaf.Flag("--runtime-env", &flags->runtime_env_file,
            "YAML file with its runtime_env; working_dir and py_modules are URIs that the pods can fetch")
      ->needs(import_path);
  leaf.Flag("--runtime-env-json", &flags->runtime_env_json, "Its runtime_env as JSON")->needs(import_path);
}

}  // namespace

void CreateService(Leaf& leaf) {
  auto& flags = leaf.Flags<CreateServiceFlags>();
  leaf.Argument("NAME", &flags.name,
                "Name of the new RayService; on a cluster that runs, of the application of --import-path",
                kNoNames);
  AddConfigFlags(leaf, &flags);
  AddServeFlags(leaf, &flags.dashboard,
                "Serve it on this cluster, of either kind, instead of making a RayService");
  AddClusterFlags(leaf, &flags.cluster);
  leaf.Flag("--file", &flags.file,
            "Path to a YAML file containing Ray cluster configuration, as of `create cluster`; -: stdin");
  leaf.Flag("--set", &flags.set,
            "Set any field of the RayService: PATH=VALUE, the value as YAML; may be repeated");
  AddPrintNewFlags(leaf, &flags.dry_run, &flags.output);
  leaf.Flag(
      "--replace", &flags.replace,
      "On a cluster that runs: delete the applications of earlier Serve configs which this one has not");
  leaf.Flag("-y,--yes", &flags.yes, "Do not ask before applications are deleted");
  leaf.Flag("--wait", &flags.wait,
            "Return only when it serves, or with the reason why it cannot, as `rollout status` does");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  leaf.Note(
      "The Serve config is judged as Ray Serve judges it, before anything is sent. The applications' code "
      "has to be in "
      "the image, in a volume, or behind a URI: nothing is uploaded for a RayService.");
  leaf.Note(
      "With --ray-cluster or --address the dashboard of a cluster that runs deploys the applications; those "
      "that it serves already stay, unless they have the same name.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitTimedOut, kExitPaused});
  leaf.Example("Serve an application of the image, and wait until it answers",
               "kubectl ray create service sample-rayservice --import-path fruit:app --wait");
  leaf.Example("Serve the applications of a file, on a cluster of this size",
               "kubectl ray create service sample-rayservice --serve-config serve.yaml --worker-replicas 3 "
               "--worker-gpu 1");
  leaf.Example(
      "Serve an application on a cluster that runs, beside what it serves; and only what the file has",
      "kubectl ray create service fruit -c demo --import-path fruit:app --route-prefix /fruit --wait",
      "kubectl ray create service -c demo --serve-config serve.yaml --replace");
  leaf.Example("Upgrade by another cluster only when asked to",
               "kubectl ray create service sample-rayservice --import-path fruit:app --set "
               "spec.upgradeStrategy.type=None");
  leaf.Example("Have it as a file, to keep and to apply",
               "kubectl ray create service sample-rayservice --import-path fruit:app --dry-run");
  leaf.Run([&app = leaf.app(), &flags](CommandContext& context) {
    return Run(flags, ClusterFlagsGiven(app), context);
  });
}

}  // namespace kubectl_ray
