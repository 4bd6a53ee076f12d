// Format f: values of the Helm chart deploy/charts/ray, which came with Ray 1.4 to 2.0.
#include <algorithm>

#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/convert/group_names.h"
#include "kubectl-ray/convert/head_service.h"
#include "kubectl-ray/convert/old_cluster.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr const char* kDefaultName = "example-cluster";  // as the chart's own documentation installs it
constexpr const char* kDefaultImage = "rayproject/ray:latest";

// Of the chart's values.yaml; Helm merges a user's file into them, key by key and at every depth.
constexpr const char* kHeadDefaults = R"({"CPU":1,"memory":"512Mi"})";
constexpr const char* kWorkerDefaults = R"({"minWorkers":2,"maxWorkers":3,"memory":"512Mi","CPU":1})";
constexpr const char* kHeadType = "rayHeadType";
constexpr const char* kWorkerType = "rayWorkerType";

constexpr const char* kOperatorKeys[] = {"operatorOnly", "clusterOnly", "namespacedOperator",
                                         "operatorNamespace", "operatorImage"};

constexpr const char* kHeadStart = "ray start --head --dashboard-host 0.0.0.0";
constexpr const char* kWorkerStart = "ray start --address=$RAY_HEAD_IP:6379";

class Values {
 public:
  Values(Tree document, const ConvertOptions& options, NoteList* notes)
      : document_(std::move(document)), options_(options), notes_(notes) {}

  shared::Result<std::vector<Tree>> Convert() {
    if (const Tree* only = document_.Find("operatorOnly"); only != nullptr && only->scalar == true) {
      notes_->NeedsPerson(only->line, "operatorOnly",
                          "this release is the old operator alone, and has no cluster",
                          "Install KubeRay's operator instead.");
      return std::vector<Tree>();
    }
    const std::string name = options_.name.empty() ? kDefaultName : options_.name;
    if (options_.name.empty())
      notes_->Guessed(0, "the release's name",
                      std::string("values do not say it: it is ") + kDefaultName + " now",
                      "Give it with --name.");
    for (const char* key : kOperatorKeys)
      if (const Tree* value = document_.Find(key))
        notes_->Dropped(value->line, key, "it was for the old operator");
    LayOverDefaults();
    OldCluster old;
    TRY(ReadTypes(&old));
    ReadScaling(&old);
    old.metadata.Set("name", Json(name));
    ASSIGN_OR_RETURN(Tree cluster, RayClusterOf(std::move(old), options_, notes_));
    std::vector<Tree> objects;
    objects.push_back(std::move(cluster));
    objects.push_back(OldHeadService(name + "-ray-head", "", name, nullptr));
    return objects;
  }

 private:
  // A type of the chart's own that the file does not mention is there all the same; null removes it.
  void LayOverDefaults() {
    if (document_.StringAt({"headPodType"}).empty()) document_.Set("headPodType", Json(kHeadType));
    Tree& types = document_.Get("podTypes");
    const std::pair<const char*, const char*> defaults[] = {{kHeadType, kHeadDefaults},
                                                            {kWorkerType, kWorkerDefaults}};
    for (const auto& [name, json] : defaults) {
      const Json values = shared::ParseJson(json).value_or(Json::object());
      if (types.Find(name) == nullptr)
        notes_->Guessed(types.line, std::string("podTypes.") + name,
                        "the file does not mention it, so that it is the chart's own",
                        std::string("Write `") + name + ": null` below podTypes if it is not to be.");
      else if (types.Find(name)->is_null())
        continue;
      Tree& type = types.Get(name);
      for (const auto& [key, value] : values.items())
        if (type.Find(key) == nullptr && !HasOldKey(type, key)) type.Set(key, value);
    }
    std::erase_if(types.members, [](const Tree::Member& member) { return member.second.is_null(); });
  }

  static bool HasOldKey(const Tree& type, const std::string& key) {
    return key == "CPU" && type.Find("numCPU") != nullptr;
  }

  shared::Status ReadTypes(OldCluster* old) {
    const std::string head = document_.StringAt({"headPodType"});
    Tree& types = *document_.Find("podTypes");
    GroupNames names;
    bool found = false;
    std::int64_t most = 0;
    for (Tree::Member& member : types.members) {
      if (!member.second.is_map())
        return notes_->Refusal(member.second.line, "podTypes." + member.first + " is not a map");
      ASSIGN_OR_RETURN(OldNodeType type, ReadType(member.first, member.second));
      type.group = names.Unique(member.first);
      most += *type.max_workers;
      found = found || member.first == head;
      if (member.first == head)
        old->head = std::move(type);
      else
        old->workers.push_back(std::move(type));
    }
    if (!found)
      return notes_->Refusal(document_.LineAt({"headPodType"}),
                             "headPodType \"" + head + "\" is none of the podTypes");
    old->max_workers = most;
    old->max_workers_field = "maxWorkers";
    return shared::Ok();
  }

  shared::Result<std::int64_t> Count(const Tree& type, const std::string& path, const char* key,
                                     std::int64_t fallback) const {
    const Tree* value = type.Find(key);
    if (value == nullptr || value->is_null()) return fallback;
    if (!value->scalar.is_number_integer() || value->scalar.get<std::int64_t>() < 0 ||
        value->scalar.get<std::int64_t>() > 1'000'000)
      return notes_->Refusal(value->line, path + "." + key + " is not a count");
    return value->scalar.get<std::int64_t>();
  }

  shared::Result<OldNodeType> ReadType(const std::string& name, Tree& values) const {
    OldNodeType type;
    type.path = "podTypes." + name;
    type.pod_path = type.path;
    type.line = values.line;
    type.above = values.above;
    ASSIGN_OR_RETURN(type.min_workers, Count(values, type.path, "minWorkers", 0));
    ASSIGN_OR_RETURN(const std::int64_t most, Count(values, type.path, "maxWorkers", 0));
    type.max_workers = std::max(most, type.min_workers);
    ASSIGN_OR_RETURN(const std::int64_t cpus,
                     Count(values, type.path, values.Find("CPU") != nullptr ? "CPU" : "numCPU", 1));
    ASSIGN_OR_RETURN(const std::int64_t gpus,
                     Count(values, type.path, values.Find("GPU") != nullptr ? "GPU" : "numGPU", 0));
    type.resources = values.Take("rayResources");
    type.pod = Pod(values, cpus, gpus);
    return type;
  }

  Tree Pod(Tree& values, std::int64_t cpus, std::int64_t gpus) const {
    Tree memory = values.Find("memory") != nullptr ? *values.Find("memory") : Tree(Json("512Mi"));
    memory.above.clear();
    memory.beside.clear();
    Tree resources = Tree::Map();
    for (const char* kind : {"limits", "requests"}) {
      Tree& list = resources.Get(kind);
      list.Set("cpu", Json(std::to_string(cpus)));
      list.Set("memory", memory);
    }
    if (gpus > 0) resources.Get("limits").Set("nvidia.com/gpu", Json(std::to_string(gpus)));
    Tree container = Tree::Map();
    container.Set("name", Json("ray-node"));
    container.Set("imagePullPolicy", Json("Always"));
    container.Set("image", Image());
    container.Set("resources", std::move(resources));
    Tree pod = Tree::Map();
    Tree& spec = pod.Get("spec");
    spec.Set("restartPolicy", Json("Never"));
    for (const char* key : {"nodeSelector", "tolerations"})
      if (Tree taken = values.Take(key); !taken.empty()) spec.Set(key, std::move(taken));
    for (const char* key : {"serviceAccountName", "imagePullSecrets"})
      if (const Tree* value = document_.Find(key); value != nullptr && !value->empty()) spec.Set(key, *value);
    spec.Get("containers").kind = Tree::Kind::kList;
    spec.Get("containers").Add(std::move(container));
    return pod;
  }

  Tree Image() const {
    const Tree* image = document_.Find("image");
    Tree copy = image != nullptr && image->is_string() ? *image : Tree(Json(kDefaultImage));
    copy.above.clear();
    return copy;
  }

  void ReadScaling(OldCluster* old) const {
    if (const Tree* speed = document_.Find("upscalingSpeed"); speed != nullptr && speed->scalar.is_number())
      old->upscaling_speed = speed->scalar.get<double>();
    old->upscaling_field = "upscalingSpeed";
    old->upscaling_line = document_.LineAt({"upscalingSpeed"});
    if (const Tree* idle = document_.Find("idleTimeoutMinutes"); idle != nullptr && idle->scalar.is_number())
      old->idle_minutes = std::clamp(idle->scalar.get<double>(), 0.0, 1e6);
    old->head_start = {{kHeadStart, 0}};
    old->worker_start = {{kWorkerStart, 0}};
  }

  Tree document_;
  const ConvertOptions& options_;
  NoteList* notes_;
};

}  // namespace

bool IsHelmValues(const Tree& document) {
  const Tree* types = document.Find("podTypes");
  return types != nullptr && types->is_map() && document.Find("apiVersion") == nullptr &&
         document.Find("kind") == nullptr;
}

shared::Result<std::vector<Tree>> ConvertHelmValues(Tree document, const ConvertOptions& options,
                                                    NoteList* notes) {
  return Values(std::move(document), options, notes).Convert();
}

}  // namespace kubectl_ray
