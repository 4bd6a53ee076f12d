#include "kubectl-ray/commands/create_service.h"

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/clusters/create.h"
#include "kubectl-ray/clusters/namespace_security.h"
#include "kubectl-ray/commands/follow_rollout.h"
#include "kubectl-ray/commands/new_cluster.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/job_request.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/kinds/ray_service.h"
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

// The text of the file as it is, so that its comments stay, unless an application is put to it.
Result<std::string> ServeConfigText(const CreateServiceFlags& flags, CommandContext& context) {
  if (flags.serve_config.empty() && flags.import_path.empty())
    return Fail(ErrorCode::kUsage, "cannot create a RayService that serves nothing",
                "Give --import-path MODULE:VARIABLE, --serve-config FILE, or both.");
  Json config;
  std::string text;
  if (!flags.serve_config.empty()) {
    ASSIGN_OR_RETURN(text, ReadYamlFile(flags.serve_config, context.io.in));
    ASSIGN_OR_RETURN(ServeConfig read, ParseServeConfig(flags.serve_config, text));
    for (const std::string& warning : read.warnings)
      context.io.err << "warning: " << shared::EscapeControl(warning) << '\n' << std::flush;
    config = std::move(read.value);
  }
  if (flags.import_path.empty()) return text;
  JobFlags env;
  env.runtime_env_file = flags.runtime_env_file;
  env.runtime_env_json = flags.runtime_env_json;
  ASSIGN_OR_RETURN(Json runtime_env, ReadRuntimeEnv(context, env, Json()));
  AddApplication({flags.app_name, flags.route_prefix, flags.import_path, std::move(runtime_env)}, &config);
  TRY(CheckServeConfig(config));
  return DumpYaml(config);
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

Result<int> Run(const CreateServiceFlags& flags, const std::vector<std::string>& cluster_flags,
                CommandContext& context) {
  TRY(CheckOutput(flags.output, flags.dry_run));
  ASSIGN_OR_RETURN(const auto timeout, shared::ParseDuration("--timeout", flags.timeout));
  ASSIGN_OR_RETURN(ClusterSpec spec,
                   SpecOfNew(flags.cluster, flags.file, flags.name, cluster_flags, context));
  TRY(CheckClusterSpec(spec));
  ASSIGN_OR_RETURN(const std::string serve_config, ServeConfigText(flags, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, ServerOf(context, RayServiceKind(), flags.dry_run));
  if (kube != nullptr) DecidePodSecurity(*kube, &spec);
  ASSIGN_OR_RETURN(Json service, RayServiceFor(spec, serve_config, flags.set));
  TRY(CheckNewObject(service, context.io.err));
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

void AddServeFlags(Leaf& leaf, CreateServiceFlags* flags) {
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
  leaf.Argument("NAME", &flags.name, "Name of the new RayService", kNoNames);
  AddServeFlags(leaf, &flags);
  AddClusterFlags(leaf, &flags.cluster);
  leaf.Flag("--file", &flags.file,
            "Path to a YAML file containing Ray cluster configuration, as of `create cluster`; -: stdin");
  leaf.Flag("--set", &flags.set,
            "Set any field of the RayService: PATH=VALUE, the value as YAML; may be repeated");
  AddPrintNewFlags(leaf, &flags.dry_run, &flags.output);
  leaf.Flag("--wait", &flags.wait,
            "Return only when it serves, or with the reason why it cannot, as `rollout status` does");
  leaf.Flag("--timeout", &flags.timeout, "The timeout for --wait")->capture_default_str();
  leaf.Note(
      "The Serve config is judged as Ray Serve judges it, before anything is sent. The applications' code "
      "has to be in "
      "the image, in a volume, or behind a URI: nothing is uploaded for a RayService.");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitTimedOut, kExitPaused});
  leaf.Example("Serve an application of the image, and wait until it answers",
               "kubectl ray create service sample-rayservice --import-path fruit:app --wait");
  leaf.Example("Serve the applications of a file, on a cluster of this size",
               "kubectl ray create service sample-rayservice --serve-config serve.yaml --worker-replicas 3 "
               "--worker-gpu 1");
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
