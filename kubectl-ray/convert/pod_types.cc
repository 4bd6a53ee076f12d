// Format b: cluster.ray.io/v1, the Python operator's RayCluster (Ray 1.2 to 2.1).
#include <algorithm>

#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/convert/group_names.h"
#include "kubectl-ray/convert/head_service.h"
#include "kubectl-ray/convert/old_cluster.h"
#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr std::int64_t kDefaultMaxWorkers = 2;

// Not in that CRD, so that the API server removed them and nothing ever ran.
constexpr const char* kNeverRun[] = {"setupCommands", "headSetupCommands",      "workerSetupCommands",
                                     "SetupCommands", "initializationCommands", "fileMounts",
                                     "docker"};

constexpr const char* kSetupWayOut =
    "Put what it installs into the image, or into the job's runtime_env: `kubectl ray job submit "
    "--runtime-env FILE`.";

class PodTypes {
 public:
  PodTypes(Tree document, const ConvertOptions& options, NoteList* notes)
      : document_(std::move(document)), options_(options), notes_(notes) {}

  shared::Result<std::vector<Tree>> Convert() {
    CleanObjectMetadata(&document_, notes_);
    TRY(ReadName());
    spec_ = document_.Find("spec");  // once members of the document come and go no more
    if (spec_ == nullptr || !spec_->is_map()) return notes_->Refusal(document_.line, "it has no spec");
    OldCluster old;
    TRY(ReadTypes(&old));
    TRY(ReadScaling(&old));
    NoteNeverRun();
    const std::vector<std::string> above = document_.above;
    const Tree* more = spec_->Find("headServicePorts");
    const std::string name = document_.StringAt({"metadata", "name"});
    Tree service =
        OldHeadService(name + "-ray-head", document_.StringAt({"metadata", "namespace"}), name, more);
    old.metadata = *document_.Find("metadata");
    ASSIGN_OR_RETURN(Tree cluster, RayClusterOf(std::move(old), options_, notes_));
    cluster.above = above;
    std::vector<Tree> objects;
    objects.push_back(std::move(cluster));
    objects.push_back(std::move(service));
    return objects;
  }

 private:
  shared::Status ReadName() {
    if (!options_.name.empty()) document_.Get("metadata").Set("name", Json(options_.name));
    const shared::Status valid = CheckClusterName(document_.StringAt({"metadata", "name"}));
    if (valid) return shared::Ok();
    return notes_->Refusal(document_.LineAt({"metadata", "name"}), "metadata.name: " + valid.error().message,
                           "Give another one with --name.");
  }

  shared::Result<std::optional<std::int64_t>> Count(const Tree& map, const char* key) const {
    const Tree* value = map.Find(key);
    if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
    const Json& number = value->scalar;
    if (!number.is_number_integer() || number.get<std::int64_t>() < 0 ||
        number.get<std::int64_t>() > 2147483647)
      return notes_->Refusal(value->line, std::string(key) + " is not a number of workers");
    return std::optional(number.get<std::int64_t>());
  }

  shared::Status ReadTypes(OldCluster* old) {
    Tree* list = spec_->Find("podTypes");
    const std::string head = spec_->StringAt({"headPodType"});
    bool found = false;
    GroupNames names;
    for (Tree& type : list->items) {
      const bool is_head = type.StringAt({"name"}) == head && !found;
      found = found || is_head;
      ASSIGN_OR_RETURN(OldNodeType read, ReadType(&type, is_head));
      read.group = names.Unique(type.StringAt({"name"}));
      if (is_head)
        old->head = std::move(read);
      else
        old->workers.push_back(std::move(read));
    }
    if (found) return shared::Ok();
    return notes_->Refusal(spec_->LineAt({"headPodType"}),
                           "headPodType \"" + head + "\" is none of the podTypes");
  }

  shared::Result<OldNodeType> ReadType(Tree* type, bool is_head) const {
    OldNodeType read;
    read.path = "podTypes[" + type->StringAt({"name"}) + "]";
    read.pod_path = read.path + ".podConfig";
    read.line = type->line;
    read.above = type->above;
    if (type->Find("podConfig") == nullptr)
      return notes_->Refusal(type->line, read.path + " has no podConfig");
    ASSIGN_OR_RETURN(const auto least, Count(*type, "minWorkers"));
    ASSIGN_OR_RETURN(read.max_workers, Count(*type, "maxWorkers"));
    read.min_workers = least.value_or(0);
    read.pod = type->Take("podConfig");
    read.resources = type->Take("rayResources");
    NoteSetup(*type, read.path, is_head);
    return read;
  }

  void NoteSetup(const Tree& type, const std::string& path, bool is_head) const {
    for (const char* key : {"setupCommands", "workerSetupCommands"}) {
      const Tree* commands = type.Find(key);
      if (commands == nullptr || commands->empty()) continue;
      if (is_head)
        notes_->Dropped(commands->line, path + "." + key, "the old operator never ran it in the head");
      else
        notes_->NeedsPerson(commands->line, path + "." + key,
                            "the old operator ran it once in each new worker", kSetupWayOut);
    }
  }

  shared::Status ReadScaling(OldCluster* old) const {
    ASSIGN_OR_RETURN(const auto most, Count(*spec_, "maxWorkers"));
    old->max_workers = most.value_or(kDefaultMaxWorkers);
    old->max_workers_field = "spec.maxWorkers";
    old->max_workers_line = spec_->LineAt({"maxWorkers"});
    if (const Tree* speed = spec_->Find("upscalingSpeed"); speed != nullptr && speed->scalar.is_number())
      old->upscaling_speed = speed->scalar.get<double>();
    old->upscaling_field = "spec.upscalingSpeed";
    old->upscaling_line = spec_->LineAt({"upscalingSpeed"});
    ASSIGN_OR_RETURN(const auto idle, Count(*spec_, "idleTimeoutMinutes"));
    old->idle_minutes = static_cast<double>(idle.value_or(5));
    old->head_start = Commands("headStartRayCommands", kHeadStart);
    old->worker_start = Commands("workerStartRayCommands", kWorkerStart);
    old->head_start_field = "spec.headStartRayCommands";
    old->worker_start_field = "spec.workerStartRayCommands";
    return shared::Ok();
  }

  std::vector<LauncherCommand> Commands(const char* key, const char* fallback) const {
    const Tree* list = spec_->Find(key);
    if (list == nullptr) return {{fallback, 0}};
    std::vector<LauncherCommand> commands;
    for (const Tree& item : list->items)
      if (item.is_string()) commands.push_back({item.scalar.get<std::string>(), item.line});
    return commands;
  }

  void NoteNeverRun() const {
    for (const char* key : kNeverRun)
      if (const Tree* value = spec_->Find(key))
        notes_->Dropped(value->line, std::string("spec.") + key,
                        "the old CRD did not have it: the API server removed it, and it never worked",
                        kSetupWayOut);
    if (const Tree* type = spec_->Find("workerDefaultPodType"))
      notes_->Dropped(type->line, "spec.workerDefaultPodType", "it has had no meaning since January 2021");
  }

  static constexpr const char* kHeadStart = "ray start --head --dashboard-host 0.0.0.0";
  static constexpr const char* kWorkerStart = "ray start --address=$RAY_HEAD_IP:6379";

  Tree document_;
  Tree* spec_ = nullptr;
  const ConvertOptions& options_;
  NoteList* notes_;
};

}  // namespace

bool IsPodTypes(const Tree& document) {
  const Tree* types = document.At({"spec", "podTypes"});
  return document.StringAt({"kind"}) == "RayCluster" && types != nullptr && types->is_list();
}

shared::Result<std::vector<Tree>> ConvertPodTypes(Tree document, const ConvertOptions& options,
                                                  NoteList* notes) {
  return PodTypes(std::move(document), options, notes).Convert();
}

}  // namespace kubectl_ray
