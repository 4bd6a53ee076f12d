#include "kubectl-ray/jobs/job_request.h"

#include <algorithm>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/jobs/upload_progress.h"
#include "kubectl-ray/packages/package.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/ray/entrypoint.h"
#include "kubectl-ray/ray/submission_id.h"
#include "shared/duration.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::Status;

constexpr std::size_t kLargestShown = 10;
constexpr std::size_t kLeftOutShown = 100;
constexpr const char* kHidden = "<from a secret>";
// In the job's metadata: which of its variables came from Secrets, separated by commas.
constexpr const char* kSecretNames = "kubectl_ray_secret_env";

Result<Json> ParseJsonFlag(const std::string& flag, const std::string& text, bool (Json::*is_type)() const,
                           const std::string& wanted) {
  if (text.empty()) return Json();
  Result<Json> value = shared::ParseJson(text);
  if (!value) return Fail(ErrorCode::kUsage, "cannot read " + flag + ": " + value.error().message);
  if (!value->is_object()) return Fail(ErrorCode::kUsage, "cannot use " + flag + ": it is no JSON object");
  for (const auto& [name, item] : value->items())
    if (!(item.*is_type)())
      return Fail(ErrorCode::kUsage, "cannot use " + flag + ": \"" + name + "\" is not " + wanted);
  return value;
}

// NAME=secret/key, or NAME=secret if the key is called like the variable.
Result<std::pair<std::string, std::string>> ReadSecretVariable(CommandContext& context,
                                                               const std::string& flag) {
  const std::size_t equals = flag.find('=');
  const std::size_t slash = flag.find('/', equals == std::string::npos ? 0 : equals);
  const std::string name = flag.substr(0, equals);
  if (equals == std::string::npos || name.empty() || equals + 1 >= flag.size())
    return Fail(ErrorCode::kUsage, "cannot use --env-from-secret \"" + flag + "\": it is no NAME=SECRET/KEY");
  SecretKey key{flag.substr(equals + 1, slash == std::string::npos ? slash : slash - equals - 1),
                slash == std::string::npos ? name : flag.substr(slash + 1)};
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(std::string value, ReadSecret(*kube, ns, key));
  if (!shared::IsUtf8(value))
    return Fail(ErrorCode::kUsage, "cannot use key \"" + key.key + "\" of secret \"" + key.name +
                                       "\" as a variable: it is not UTF-8");
  return std::pair(name, std::move(value));
}

Result<std::string> Entrypoint(const CommandContext& context, const JobFlags& flags) {
  const auto& program = context.global.program;
  if (!flags.shell.empty() && program)
    return Fail(ErrorCode::kUsage, "cannot use --shell and a program after -- together");
  if (!flags.shell.empty() && shared::IsUtf8(flags.shell)) return flags.shell;
  if (!flags.shell.empty()) return Fail(ErrorCode::kUsage, "cannot send --shell: it is not UTF-8");
  if (program && !program->empty() && !program->front().empty()) return QuoteForShell(*program);
  return Fail(ErrorCode::kUsage, "cannot submit a job without a program",
              "Put it at the end, after --, as in `-- python script.py`, or give a shell's command line by "
              "--shell.");
}

Status ApplyResources(const JobFlags& flags, JobRequest* request) {
  if (flags.num_cpus < 0 || flags.num_gpus < 0 || flags.memory < 0)
    return Fail(ErrorCode::kUsage,
                "cannot reserve a negative amount: see --entrypoint-num-cpus, --entrypoint-num-gpus and "
                "--entrypoint-memory");
  if (flags.num_cpus > 0) request->entrypoint_num_cpus = flags.num_cpus;
  if (flags.num_gpus > 0) request->entrypoint_num_gpus = flags.num_gpus;
  if (flags.memory > 0) request->entrypoint_memory = flags.memory;
  ASSIGN_OR_RETURN(
      request->entrypoint_resources,
      ParseJsonFlag("--entrypoint-resources", flags.resources_json, &Json::is_number, "a number"));
  ASSIGN_OR_RETURN(
      request->entrypoint_label_selector,
      ParseJsonFlag("--entrypoint-label-selector", flags.label_selector_json, &Json::is_string, "a string"));
  ASSIGN_OR_RETURN(Json metadata,
                   ParseJsonFlag("--metadata-json", flags.metadata_json, &Json::is_string, "a string"));
  if (!metadata.is_null()) request->metadata = std::move(metadata);
  return shared::Ok();
}

// As a variable of the job, which Ray reads when it stops it.
Status ApplyGracePeriod(const JobFlags& flags, Json* runtime_env) {
  if (flags.stop_grace_period.empty()) return shared::Ok();
  ASSIGN_OR_RETURN(const auto period, shared::ParseDuration("--stop-grace-period", flags.stop_grace_period));
  Json& variable = (*runtime_env)["env_vars"][kStopWaitVariable];
  if (!variable.is_null())
    return Fail(ErrorCode::kUsage,
                std::string("cannot use --stop-grace-period: the runtime_env sets ") + kStopWaitVariable);
  variable = std::to_string(std::chrono::ceil<std::chrono::seconds>(period).count());
  return shared::Ok();
}

std::uint64_t FileCount(const FileTree& tree) {
  return static_cast<std::uint64_t>(std::count_if(tree.files.begin(), tree.files.end(),
                                                  [](const PackedFile& file) { return !file.is_directory; }));
}

void PreviewTree(std::ostream& out, const FileTree& tree) {
  out << (tree.ended_early ? "  more than " : "  ") << FileCount(tree) << " files, "
      << shared::FormatBytes(tree.total_size) << '\n';
  out << "  largest directories:\n";
  for (const DirectorySize& directory : LargestDirectories(tree, kLargestShown))
    out << "    " << shared::FormatBytes(directory.size) << "  " << shared::EscapeControl(directory.path)
        << "  (" << directory.files << " files)\n";
  if (tree.left_out.empty()) return;
  out << "  left out:\n";
  for (std::size_t i = 0; i < std::min(tree.left_out.size(), kLeftOutShown); ++i) {
    const LeftOut& one = tree.left_out[i];
    out << "    " << shared::EscapeControl(one.path) << "  by "
        << shared::EscapeControl(one.rule.empty() ? one.rule_file
                                                  : "\"" + one.rule + "\" in " + one.rule_file)
        << '\n';
  }
  if (tree.left_out.size() > kLeftOutShown)
    out << "    and " << tree.left_out.size() - kLeftOutShown << " more\n";
}

}  // namespace

Result<Json> ReadRuntimeEnv(CommandContext& context, const JobFlags& flags, Json fallback) {
  if (!flags.runtime_env_file.empty() && !flags.runtime_env_json.empty())
    return Fail(ErrorCode::kUsage, "cannot use --runtime-env and --runtime-env-json together");
  if (!flags.runtime_env_file.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(flags.runtime_env_file, context.io.in));
    return ParseYaml(flags.runtime_env_file, text);
  }
  if (flags.runtime_env_json.empty()) return fallback;
  Result<Json> value = shared::ParseJson(flags.runtime_env_json);
  if (!value) return Fail(ErrorCode::kUsage, "cannot read --runtime-env-json: " + value.error().message);
  return value;
}

Result<JobPlan> PlanJob(CommandContext& context, const JobFlags& flags, Json default_runtime_env) {
  JobPlan plan;
  JobRequest& request = plan.request;
  ASSIGN_OR_RETURN(request.entrypoint, Entrypoint(context, flags));
  request.submission_id = flags.submission_id.empty() ? GenerateSubmissionId() : flags.submission_id;
  TRY(ValidateSubmissionId(request.submission_id));
  TRY(ApplyResources(flags, &request));
  ASSIGN_OR_RETURN(Json runtime_env, ReadRuntimeEnv(context, flags, std::move(default_runtime_env)));
  bool overridden = false;
  ASSIGN_OR_RETURN(runtime_env,
                   MergeRuntimeEnv(std::move(runtime_env), flags.working_dir, flags.env, &overridden));
  TRY(ApplyGracePeriod(flags, &runtime_env));
  if (overridden) context.io.err << "Overriding runtime_env working_dir with --working-dir option\n";
  for (const std::string& flag : flags.secret_env) {
    ASSIGN_OR_RETURN(const auto variable, ReadSecretVariable(context, flag));
    runtime_env["env_vars"][variable.first] = variable.second;
    Json& names = request.metadata[kSecretNames];
    names = names.is_string() ? names.get<std::string>() + "," + variable.first : variable.first;
  }
  const PackRules rules{
      .use_gitignore = context.environment("RAY_RUNTIME_ENV_IGNORE_GITIGNORE").value_or("0") != "1",
      .default_excludes = DefaultExcludes(context.environment(kDefaultExcludesVariable))};
  const YamlReader read_yaml = [&](const std::string& path) -> Result<Json> {
    ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(path, context.io.in));
    return ParseYaml(path, text);
  };
  ASSIGN_OR_RETURN(RuntimeEnvPlan env,
                   PlanRuntimeEnv(std::move(runtime_env), rules, read_yaml, context.interrupt));
  for (const std::string& warning : env.warnings)
    context.io.err << "warning: " << shared::EscapeControl(warning) << '\n';
  request.runtime_env = std::move(env.runtime_env);
  plan.packages = std::move(env.packages);
  plan.too_large = std::move(env.too_large);
  return plan;
}

Json HideSecrets(Json job) {
  const std::string names = shared::StringAt(job, {"metadata", kSecretNames});
  for (const std::string_view part : shared::Split(names, ',')) {
    const std::string name(part);
    if (shared::At(job, {"runtime_env", "env_vars", name}).is_string())
      job["runtime_env"]["env_vars"][name] = kHidden;
  }
  return job;
}

Json ShownRequest(const JobPlan& plan) { return HideSecrets(ToJson(plan.request)); }

void PrintPreview(std::ostream& out, const JobPlan& plan) {
  if (plan.packages.empty()) out << "Nothing local is sent.\n";
  for (const LocalPackage& package : plan.packages) {
    out << shared::EscapeControl(package.source)
        << (package.name.empty() ? "  too large to be sent" : "  as gcs://" + package.name) << '\n';
    if (package.is_archive) {
      out << "  sent as it is\n";
    } else {
      PreviewTree(out, package.tree);
    }
  }
}

Status CheckRelease(const JobsClient& client, const JobPlan& plan) {
  constexpr shared::RayRelease kFirstWithSelector{2, 54};
  if (plan.request.entrypoint_label_selector.is_null()) return shared::Ok();
  const Result<shared::RayRelease> release = client.Release();
  if (!release || *release >= kFirstWithSelector) return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot use --entrypoint-label-selector: the cluster runs Ray " +
                                     std::to_string(release->major) + "." + std::to_string(release->minor) +
                                     ", and 2.54 is the first that knows it");
}

Status SendPackages(CommandContext& context, const JobsClient& client, const JobPlan& plan,
                    shared::Deadline deadline) {
  std::vector<std::string> grown;
  for (const LocalPackage& package : plan.packages) {
    UploadLine line(context.io, shared::EscapeControl(package.source));
    const auto show = [&](const UploadProgress& progress) { line.Show(progress); };
    const auto note = [&](const std::string& path) { grown.push_back(path); };
    if (package.is_archive) {
      TRY(UploadFile(client, package.source, package.name, deadline, context.interrupt, show));
    } else {
      TRY(UploadTree(client, package.tree, package.name, deadline, context.interrupt, show, note));
    }
  }
  for (const std::string& path : grown)
    context.io.err << "warning: \"" << shared::EscapeControl(path)
                   << "\" is being written to: it was sent as it was at the start\n";
  return shared::Ok();
}

}  // namespace kubectl_ray
