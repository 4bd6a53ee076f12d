#include "kubectl-ray/launcher/launch.h"

#include <algorithm>
#include <filesystem>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/launcher/file_archive.h"
#include "kubectl-ray/launcher/local_files.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::IntAt;
using shared::Json;
using shared::Result;
using shared::Status;
using shared::StringAt;

constexpr const char* kOtherWays =
    "Put large files into the image or a volume, and send a job's code with `kubectl ray job submit "
    "--working-dir`.";

std::string CannotBringUp(const std::string& source, int line = 0) {
  return "cannot bring up " + source + (line > 0 ? ":" + std::to_string(line) : "") + ": ";
}

std::string LastSegment(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::size_t slash = path.find_last_of('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// Reads one mount into an archive of at most `limit` bytes.
Result<NodeFiles> ReadMount(const LauncherFile& file, const LauncherFileMount& mount, const std::string& home,
                            std::size_t limit) {
  std::string local = mount.local;
  if (local == "~" || local.starts_with("~/")) local.replace(0, 1, home);
  std::error_code ignored;
  NodeFiles files{
      .remote = mount.remote, .archive = {}, .directory = std::filesystem::is_directory(local, ignored)};
  if (!files.directory && mount.remote.ends_with('/')) files.remote += LastSegment(local);
  ASSIGN_OR_RETURN(const LocalFiles read, ReadLocalFiles(local, LastSegment(files.remote), "", &file));
  ASSIGN_OR_RETURN(files.archive, PackArchive(read.tree, limit));
  return files;
}

// Returns the first member of these that is there and is not of the type, or nullptr.
const char* WrongMember(const Json& object, std::initializer_list<const char*> members, Json::value_t type) {
  for (const char* member : members)
    if (const Json& value = At(object, {member}); !value.is_null() && value.type() != type) return member;
  return nullptr;
}

// Whether a group is of the shape that is changed here: the API server judges all else, but it judges later.
Status CheckGroup(const std::string& source, const std::string& field, const Json& group) {
  const auto refuse = [&](const std::string& what) {
    return Fail(ErrorCode::kUsage, CannotBringUp(source) + field + ".template" + what);
  };
  const Json& pod_template = At(group, {"template"});
  const Json& containers = At(pod_template, {"spec", "containers"});
  if (!containers.is_array() || containers.empty() || !containers[0].is_object())
    return refuse(" has no containers");
  if (const char* member = WrongMember(pod_template, {"metadata"}, Json::value_t::object))
    return refuse(std::string(".") + member + " is no map");
  if (const char* member =
          WrongMember(At(pod_template, {"metadata"}), {"labels", "annotations"}, Json::value_t::object))
    return refuse(std::string(".metadata.") + member + " is no map");
  if (const char* member =
          WrongMember(At(pod_template, {"spec"}), {"volumes", "initContainers"}, Json::value_t::array))
    return refuse(std::string(".spec.") + member + " is no list");
  if (const char* member = WrongMember(containers[0], {"env", "volumeMounts", "ports"}, Json::value_t::array))
    return refuse(std::string(".spec.containers[0].") + member + " is no list");
  return shared::Ok();
}

Status CheckShape(const std::string& source, const Json& ray_cluster) {
  TRY(CheckGroup(source, "spec.headGroupSpec", At(ray_cluster, {"spec", "headGroupSpec"})));
  const Json& groups = At(ray_cluster, {"spec", "workerGroupSpecs"});
  if (!groups.is_null() && !groups.is_array())
    return Fail(ErrorCode::kUsage, CannotBringUp(source) + "spec.workerGroupSpecs is no list");
  for (std::size_t i = 0; i < groups.size(); ++i)
    TRY(CheckGroup(source, "spec.workerGroupSpecs[" + std::to_string(i) + "]", groups[i]));
  return shared::Ok();
}

// The type of a worker group. A head's type with max_workers is a group, too, of which its workers are.
LauncherNodeType TypeOfGroup(const LauncherFile& file, const std::string& group) {
  for (const LauncherNodeType& type : file.node_types)
    if (!type.is_head && type.group == group) return type;
  LauncherNodeType type = file.node_types.at(0);
  type.is_head = false;
  return type;
}

// Adds the secret unless one of its name, which is its content, is there.
void AddOnce(const Json& secret, std::vector<Json>* secrets) {
  if (!secret.is_null() && std::find(secrets->begin(), secrets->end(), secret) == secrets->end())
    secrets->push_back(secret);
}

Status CheckLength(const LauncherFile& file, const std::vector<LauncherCommand>& commands) {
  std::size_t size = 0;
  for (const LauncherCommand& command : commands) {
    size += command.text.size() + 64;
    if (size > kMaxSecretBytes)
      return Fail(ErrorCode::kUsage,
                  CannotBringUp(file.source, command.line) + "the setup commands are longer than the " +
                      shared::FormatBytes(kMaxSecretBytes) + " that a Secret takes",
                  "Put what they do into the image.");
  }
  return shared::Ok();
}

std::vector<std::string> TextsOf(const std::vector<LauncherCommand>& commands) {
  std::vector<std::string> texts;
  for (const LauncherCommand& command : commands) texts.push_back(command.text);
  return texts;
}

// Puts the agent into the group's pods, and files and commands before their Ray.
void PutInGroup(Json* group, bool head, const LaunchOptions& options, const Json& files,
                const Json& commands) {
  Json& pod_template = (*group)["template"];
  pod_template["spec"]["containers"][0].erase("args");
  PutAgentInTemplate(pod_template, head, options.backend, options.agent);
  PutSetup(pod_template["spec"], files, commands);
}

// Puts agent, files and commands into the pods of one group.
Status PutInGroupOf(const LauncherFile& file, const LauncherNodeType& type, const LaunchOptions& options,
                    const Json& files, Json* group, Launch* launch) {
  const std::vector<LauncherCommand> setup = file.SetupOf(type);
  TRY(CheckLength(file, setup));
  const Json commands = CommandsSecret(launch->cluster, launch->ns, TextsOf(setup));
  PutInGroup(group, type.is_head, options, files, commands);
  AddOnce(commands, &launch->secrets);
  return shared::Ok();
}

Status PutSetups(const LauncherFile& file, const std::vector<NodeFiles>& mounts, const LaunchOptions& options,
                 Launch* launch) {
  const Json files = FilesSecret(launch->cluster, launch->ns, mounts);
  AddOnce(files, &launch->secrets);
  Json& spec = launch->ray_cluster["spec"];
  TRY(PutInGroupOf(file, file.node_types.at(0), options, files, &spec["headGroupSpec"], launch));
  for (Json& group : spec["workerGroupSpecs"])
    TRY(PutInGroupOf(file, TypeOfGroup(file, StringAt(group, {"groupName"})), options, files, &group,
                     launch));
  for (const LauncherFileMount& mount : file.file_mounts)
    launch->file_mounts.push_back(mount.remote + " from " + mount.local);
  return shared::Ok();
}

Status SetMinWorkers(std::int64_t min, Json* ray_cluster) {
  Json& groups = (*ray_cluster)["spec"]["workerGroupSpecs"];
  if (groups.size() != 1)
    return Fail(ErrorCode::kUsage,
                "cannot use --min-workers with a file of " + std::to_string(groups.size()) +
                    " worker groups: which of them has the minimum?",
                "Write it into the file.");
  Json& group = groups[0];
  group["minReplicas"] = min;
  group["replicas"] = std::max(min, IntAt(group, {"replicas"}));
  if (const Json& max = At(group, {"maxReplicas"}); !max.is_null() && IntAt(group, {"maxReplicas"}) < min)
    return Fail(ErrorCode::kUsage, "cannot set --min-workers " + std::to_string(min) +
                                       " above the maximum, " +
                                       std::to_string(IntAt(group, {"maxReplicas"})));
  return shared::Ok();
}

Status SetMaxWorkers(std::int64_t max, Json* ray_cluster) {
  for (Json& group : (*ray_cluster)["spec"]["workerGroupSpecs"]) {
    if (IntAt(group, {"minReplicas"}) > max)
      return Fail(ErrorCode::kUsage, "cannot set --max-workers " + std::to_string(max) +
                                         " below the minimum of group \"" + StringAt(group, {"groupName"}) +
                                         "\", " + std::to_string(IntAt(group, {"minReplicas"})));
    group["maxReplicas"] = std::min(max, IntAt(group, {"maxReplicas"}, max));
    group["replicas"] = std::min(max, IntAt(group, {"replicas"}));
  }
  return shared::Ok();
}

// What `ray start --disable-usage-stats` does.
void DisableUsageStats(Json* ray_cluster) {
  constexpr const char* kName = "RAY_USAGE_STATS_ENABLED";
  const Json disabled = {{"name", kName}, {"value", "0"}};
  const auto disable = [&](Json& group) {
    Json& env = group["template"]["spec"]["containers"][0]["env"];
    for (Json& variable : env)
      if (StringAt(variable, {"name"}) == kName) {
        variable = disabled;
        return;
      }
    env.push_back(disabled);
  };
  Json& spec = (*ray_cluster)["spec"];
  disable(spec["headGroupSpec"]);
  if (!spec.contains("workerGroupSpecs")) return;
  for (Json& group : spec["workerGroupSpecs"]) disable(group);
}

// Nobody would add or remove workers without the operator.
void LeaveOutAutoscaler(Launch* launch) {
  Json& spec = launch->ray_cluster["spec"];
  if (!shared::BoolAt(spec, {"enableInTreeAutoscaling"})) return;
  spec.erase("enableInTreeAutoscaling");
  spec.erase("autoscalerOptions");
  launch->notes.push_back(
      {.kind = Note::Kind::kNeedsPerson,
       .source = {},
       .line = 0,
       .field = "max_workers",
       .message =
           "nothing adds and removes workers without the KubeRay operator; there are as many as the minimum",
       .way_out = "`kubectl ray scale cluster " + launch->cluster + "` changes that."});
}

// The launcher logged in to machines. An empty section asks for nothing.
Status CheckAuth(const LauncherFile& file) {
  const Tree* auth = file.document.Find("auth");
  if (auth == nullptr || auth->empty()) return shared::Ok();
  return NoteList(file.source, file.action)
      .Refusal(file.document.LineAt({"auth"}),
               "\"auth\" is how the launcher logs in to machines, and pods have no such login",
               "Take the section out: kubectl's own login counts, and `kubectl ray rights up` prints the "
               "Role that "
               "its user needs.");
}

Result<Launch> LaunchOfLauncherFile(LauncherFile file, const std::vector<NodeFiles>& files,
                                    const LaunchOptions& options) {
  TRY(CheckAuth(file));
  if (options.max_workers) file.max_workers = *options.max_workers;
  ASSIGN_OR_RETURN(
      const Converted converted,
      ConvertLauncherFile(
          file,
          {.name = {}, .ns = options.ns, .image = {}, .head = {}, .worker = {}, .launcher_at_hand = true}));
  Launch launch{.cluster = file.cluster_name,
                .ns = options.ns,
                .backend = options.backend,
                .needs_agent = options.agent.delivery == AgentOptions::Delivery::kConfigMap,
                .ray_cluster = converted.objects.at(0).ToJson(),
                .secrets = {},
                .beside = {},
                .owns_beside = true,
                .notes = converted.notes,
                .file_mounts = {}};
  for (std::size_t i = 1; i < converted.objects.size(); ++i)
    launch.beside.push_back(converted.objects[i].ToJson());
  TRY(CheckShape(file.source, launch.ray_cluster));
  if (options.ports) TRY(FixPorts(*options.ports, &launch.ray_cluster));
  TRY(PutSetups(file, files, options, &launch));
  if (options.restricted) RestrictPods(&launch.ray_cluster);
  SettlePods(&launch.ray_cluster);
  return launch;
}

}  // namespace

Result<std::vector<NodeFiles>> ReadFileMounts(const LauncherFile& file, const std::string& home) {
  std::vector<NodeFiles> all;
  constexpr std::size_t kForTheScript = 16 * 1024;
  std::size_t left = kMaxSecretBytes - kForTheScript;
  for (const LauncherFileMount& mount : file.file_mounts) {
    auto files = ReadMount(file, mount, home, left);
    if (!files) {
      shared::Error error = files.error();
      error.message =
          CannotBringUp(file.source, mount.line) + "file_mounts \"" + mount.remote + "\": " + error.message;
      error.hint += (error.hint.empty() ? "" : " ") + std::string(kOtherWays);
      return shared::Unexpected(std::move(error));
    }
    left -= files->archive.size();
    all.push_back(*std::move(files));
  }
  return all;
}

Result<Launch> MakeLaunch(const ClusterFile& file, const std::vector<NodeFiles>& files,
                          const LaunchOptions& options) {
  Launch launch;
  if (file.launcher) {
    ASSIGN_OR_RETURN(launch, LaunchOfLauncherFile(*file.launcher, files, options));
  } else {
    launch = {.cluster = file.cluster(),
              .ns = options.ns,
              .backend = options.backend,
              .needs_agent = false,
              .ray_cluster = file.ray_cluster,
              .secrets = {},
              .beside = file.beside,
              .owns_beside = false,
              .notes = {},
              .file_mounts = {}};
    TRY(CheckShape(file.source, launch.ray_cluster));
    if (options.ports) TRY(FixPorts(*options.ports, &launch.ray_cluster));
    if (options.max_workers) TRY(SetMaxWorkers(*options.max_workers, &launch.ray_cluster));
  }
  launch.ray_cluster["metadata"]["namespace"] = options.ns;
  if (options.min_workers) TRY(SetMinWorkers(*options.min_workers, &launch.ray_cluster));
  if (options.disable_usage_stats) DisableUsageStats(&launch.ray_cluster);
  if (options.backend == Backend::kPlain) LeaveOutAutoscaler(&launch);
  return launch;
}

}  // namespace kubectl_ray
