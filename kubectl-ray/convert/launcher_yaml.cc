// Format a: the cluster launcher's file, provider kubernetes.
#include <algorithm>
#include <cmath>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/group_names.h"
#include "kubectl-ray/convert/head_service.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/old_cluster.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr double kAggressive = 99999;  // what Ray makes of autoscaling_mode: aggressive

struct Idle {
  const char* key;
  const char* why;
};
// Keys that say nothing about pods.
constexpr Idle kIdle[] = {
    {"docker", "it did nothing on Kubernetes: the image is the container's"},
    {"auth", "it did nothing on Kubernetes: kubectl's own login counts"},
    {"metadata", "it did nothing on Kubernetes"},
    {"worker_default_node_type", "Ray has no use for it since 1.2"},
    {"initial_workers", "Ray has not read it since 1.1"},
    {"no_restart", "KubeRay decides when pods are replaced"},
};

struct Copied {
  const char* key;
  const char* what;
  const char* way_out;
};
// What the launcher itself carried out from the laptop.
constexpr const char* kFilesWayOut =
    "Put the files into the image or a volume, or submit them with the job: `kubectl ray job submit "
    "--working-dir DIR`; "
    "a small text may become a ConfigMap, mounted with subPath.";
constexpr const char* kSetupWayOut =
    "Put what it installs into the image, or into the job's runtime_env: `kubectl ray job submit "
    "--runtime-env FILE`; "
    "`kubectl ray up` runs it in each pod before Ray starts.";
constexpr Copied kCopied[] = {
    {"file_mounts", "the launcher copied it from the laptop", kFilesWayOut},
    {"cluster_synced_files", "the launcher copied it from the head to the workers", kFilesWayOut},
    {"file_mounts_sync_continuously", "nothing copies files into the pods", ""},
    {"rsync_exclude", "nothing copies files into the pods", ""},
    {"rsync_filter", "nothing copies files into the pods", ""},
    {"initialization_commands", "the launcher ran it once in each new pod", kSetupWayOut},
    {"setup_commands", "the launcher ran it once in each new pod", kSetupWayOut},
    {"head_setup_commands", "the launcher ran it once in each new head", kSetupWayOut},
    {"worker_setup_commands", "the launcher ran it once in each new worker", kSetupWayOut},
};

class Conversion {
 public:
  Conversion(const LauncherFile& file, const ConvertOptions& options)
      : file_(file), options_(options), notes_(file.source, file.action) {}

  shared::Result<Converted> Run() {
    name_ = options_.name.empty() ? file_.cluster_name : options_.name;
    ns_ = file_.ns.empty() ? options_.ns : file_.ns;
    ReadServices();
    NoteIdle();
    NoteCopied();
    NoteProvider();
    ASSIGN_OR_RETURN(Tree cluster, RayClusterOf(Old(), options_, &notes_));
    if (const Tree* first = file_.document.Find("cluster_name"); cluster.above.empty())
      cluster.above = first->above;
    Converted converted;
    converted.objects.push_back(std::move(cluster));
    for (Tree& service : services_) converted.objects.push_back(std::move(service));
    converted.notes = notes_.Sorted();
    return converted;
  }

 private:
  const Tree* Given(const char* key) const {
    const Tree* value = file_.document.Find(key);
    return value != nullptr && !value->empty() ? value : nullptr;
  }

  void NoteIdle() {
    for (const Idle& idle : kIdle)
      if (const Tree* value = Given(idle.key)) notes_.Dropped(value->line, idle.key, idle.why);
    if (file_.has_node_types)
      for (const char* key : {"head_node", "worker_nodes", "min_workers"})
        if (const Tree* value = Given(key))
          notes_.Dropped(value->line, key, "it has no meaning beside available_node_types");
    if (!file_.has_own_pods)
      notes_.Guessed(0, "available_node_types",
                     "the file has no pods, so that the launcher's own count: 1 CPU, 512Mi, "
                     "rayproject/ray:latest, up to 2 "
                     "workers",
                     "Give sizes and an image: `--head-cpu`, `--worker-memory`, `--image`.");
  }

  void NoteCopied() {
    if (options_.launcher_at_hand) return;
    for (const Copied& copied : kCopied) {
      const Tree* value = Given(copied.key);
      if (value == nullptr) continue;
      if (*copied.way_out == '\0')
        notes_.Dropped(value->line, copied.key, copied.what);
      else
        for (const int line : LinesOf(*value))
          notes_.NeedsPerson(line, copied.key, copied.what, copied.way_out);
    }
    for (const LauncherNodeType& type : file_.node_types)
      for (const auto* own : {&type.initialization_commands, &type.worker_setup_commands})
        if (own->has_value() && !(*own)->empty())
          notes_.NeedsPerson((*own)->front().line,
                             PathOf(type) + (own == &type.worker_setup_commands ? ".worker_setup_commands"
                                                                                : ".initialization_commands"),
                             "the launcher ran it once in each new pod of this type", kSetupWayOut);
  }

  // One line for each path that is copied, and one for a list of commands.
  static std::vector<int> LinesOf(const Tree& value) {
    std::vector<int> lines;
    for (const Tree::Member& member : value.members) lines.push_back(member.second.line);
    if (lines.empty()) lines.push_back(value.line);
    return lines;
  }

  void NoteProvider() {
    const Tree& provider = *file_.document.Find("provider");
    for (const char* key : {"autoscaler_service_account", "autoscaler_role", "autoscaler_role_binding"})
      if (const Tree* value = provider.Find(key))
        notes_.Dropped(value->line, std::string("provider.") + key,
                       "it was for the launcher's autoscaler in the head; KubeRay makes its own");
    account_ = provider.StringAt({"autoscaler_service_account", "metadata", "name"});
    if (account_.empty()) account_ = "autoscaler";
  }

  std::string PathOf(const LauncherNodeType& type) const {
    return file_.has_node_types ? "available_node_types." + type.name : type.name;
  }

  // The Services that choose the head follow it to its new labels; others still find their pods.
  void ReadServices() {
    const Tree* labels = file_.node_types.front().pod.At({"metadata", "labels"});
    if (const Tree* list = file_.document.At({"provider", "services"}))
      for (const Tree& item : list->items) AddService(item, labels);
    for (const LauncherNodeType& type : file_.node_types)
      for (const Tree& service : type.services)
        if (type.is_head)
          AddService(service, labels);
        else
          notes_.NeedsPerson(service.line, PathOf(type) + ".node_config",
                             "the launcher made such an object for each single worker; KubeRay does not",
                             "Choose the workers of the group by the label ray.io/group instead.");
  }

  void AddService(Tree service, const Tree* labels) {
    if (!service.is_map() || service.At({"metadata", "name"}) == nullptr) {
      notes_.NeedsPerson(service.line, "provider.services", "it has no metadata.name",
                         "Give the Service a name.");
      return;
    }
    if (Selects(service, labels)) PointAtHead(&service, name_, &notes_);
    if (service.At({"metadata", "namespace"}) == nullptr && !ns_.empty())
      service.Get("metadata").Set("namespace", Json(ns_));
    services_.push_back(std::move(service));
  }

  OldNodeType TypeOf(const LauncherNodeType& launcher) const {
    OldNodeType type;
    type.group = launcher.group;
    type.path = PathOf(launcher);
    type.pod_path = file_.has_node_types ? type.path + ".node_config" : type.path;
    type.line = launcher.line;
    type.above = launcher.above;
    type.min_workers = launcher.min_workers;
    type.max_workers = launcher.max_workers;
    type.pod = launcher.pod;
    type.resources = launcher.resources;
    return type;
  }

  OldCluster Old() {
    OldCluster old;
    Tree name{Json(name_)};
    if (const Tree* written = file_.document.Find("cluster_name")) name.beside = written->beside;
    old.metadata.Set("name", std::move(name));
    if (!ns_.empty()) old.metadata.Set("namespace", Json(ns_));
    old.head = TypeOf(file_.node_types.front());
    GroupNames names;
    for (std::size_t i = 1; i < file_.node_types.size(); ++i) {
      old.workers.push_back(TypeOf(file_.node_types[i]));
      names.Unique(old.workers.back().group);
    }
    old.head.group = names.Unique(file_.node_types.front().name);
    old.head_start = file_.head_start_ray_commands;
    old.worker_start = file_.worker_start_ray_commands;
    old.head_start_field = "head_start_ray_commands";
    old.worker_start_field = "worker_start_ray_commands";
    old.max_workers = file_.max_workers;
    old.max_workers_line = file_.max_workers_line;
    old.max_workers_field = "max_workers";
    old.idle_minutes = file_.idle_timeout_minutes;
    old.own_service_account = account_;
    SetSpeed(&old);
    return old;
  }

  void SetSpeed(OldCluster* old) {
    const Tree* mode = Given("autoscaling_mode");
    const Tree* fraction = Given("target_utilization_fraction");
    if (file_.upscaling_speed) {
      old->upscaling_speed = *file_.upscaling_speed;
      old->upscaling_field = "upscaling_speed";
    } else if (mode != nullptr && mode->scalar == "aggressive") {
      old->upscaling_speed = kAggressive;
      old->upscaling_field = "autoscaling_mode";
    } else if (fraction != nullptr && fraction->scalar.get<double>() > 0) {
      old->upscaling_speed = 1 / fraction->scalar.get<double>() - 1;
      old->upscaling_field = "target_utilization_fraction";
    }
    old->upscaling_line = file_.document.LineAt({old->upscaling_field});
  }

  const LauncherFile& file_;
  const ConvertOptions& options_;
  NoteList notes_;
  std::string name_, ns_, account_;
  std::vector<Tree> services_;
};

}  // namespace

shared::Result<Converted> ConvertLauncherFile(const LauncherFile& file, const ConvertOptions& options) {
  return Conversion(file, options).Run();
}

}  // namespace kubectl_ray
