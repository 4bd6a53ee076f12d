// Format e: static Deployments whose containers run `ray start` (doc/kubernetes/ray-cluster.yaml of Ray
// until 1.13).
#include <algorithm>
#include <cctype>

#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/convert/group_names.h"
#include "kubectl-ray/convert/head_service.h"
#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/convert/ray_image.h"
#include "kubectl-ray/convert/start_commands.h"
#include "kubectl-ray/convert/start_params.h"
#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr const char* kRedisAddress = "RAY_REDIS_ADDRESS";

const Tree* RayContainer(const Tree& deployment) {
  const Tree* containers = deployment.At({"spec", "template", "spec", "containers"});
  return containers != nullptr && !containers->items.empty() ? &containers->items.front() : nullptr;
}

// The shell line of the container: the last of its words if a shell runs it, else all of them.
LauncherCommand ShellLine(const Tree& container) {
  LauncherCommand line;
  std::string words;
  bool shell = false;
  for (const char* key : {"command", "args"})
    if (const Tree* list = container.Find(key))
      for (const Tree& word : list->items) {
        if (!word.is_string()) continue;
        line = {word.scalar.get<std::string>(), word.line != 0 ? word.line : list->line};
        if (words.empty()) shell = line.text.ends_with("sh");
        words += (words.empty() ? "" : " ") + line.text;
      }
  if (!shell) line.text = words;
  return line;
}

bool RunsRay(const Tree& document, bool head) {
  if (document.StringAt({"kind"}) != "Deployment") return false;
  const Tree* container = RayContainer(document);
  if (container == nullptr) return false;
  const std::string line = ShellLine(*container).text;
  return HasRayStart(line) && (line.find("--head") != line.npos) == head;
}

std::string EnvironmentName(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name + "_SERVICE_HOST";
}

class StaticCluster {
 public:
  StaticCluster(std::vector<Tree>* documents, std::size_t head, const ConvertOptions& options,
                NoteList* notes)
      : documents_(*documents), head_(documents_[head]), options_(options), notes_(notes) {
    documents_[head] = Tree();
    heads_ = std::count_if(documents_.begin(), documents_.end(), IsStaticHead) + 1;
  }

  shared::Result<std::vector<Tree>> Convert() {
    TakeServices();
    TRY(ChooseName());
    Tree spec = Tree::Map();
    Tree head = Group(&head_, true);
    if (!version_.empty()) spec.Set("rayVersion", Json(version_));
    if (!redis_address_.empty())
      spec.Get("gcsFaultToleranceOptions").Set("redisAddress", Json(redis_address_));
    spec.Set("headGroupSpec", std::move(head));
    Tree groups = TakeWorkers();
    if (!groups.items.empty()) spec.Set("workerGroupSpecs", std::move(groups));
    std::vector<Tree> objects;
    objects.push_back(Tree::Map());
    Tree& cluster = objects.front();
    cluster.above = head_.above;
    cluster.Set("apiVersion", Json(kRayClusters.ApiVersion()));
    cluster.Set("kind", Json(kRayClusters.kind));
    cluster.Get("metadata").Set("name", Json(name_));
    if (!ns_.empty()) cluster.Get("metadata").Set("namespace", Json(ns_));
    cluster.Set("spec", std::move(spec));
    for (Tree& service : services_) {
      PointAtHead(&service, name_, notes_);
      objects.push_back(std::move(service));
    }
    return objects;
  }

 private:
  bool IsHere(const Tree& document) const {
    return document.StringAt({"metadata", "namespace"}) == head_.StringAt({"metadata", "namespace"});
  }

  void TakeServices() {
    const Tree* labels = head_.At({"spec", "template", "metadata", "labels"});
    for (Tree& document : documents_) {
      if (document.StringAt({"kind"}) != "Service" || !IsHere(document) || !Selects(document, labels))
        continue;
      CleanObjectMetadata(&document, notes_);
      services_.push_back(std::exchange(document, Tree()));
    }
  }

  shared::Status ChooseName() {
    ns_ = head_.StringAt({"metadata", "namespace"});
    const Tree& named = services_.empty() ? head_ : services_.front();
    old_name_ = named.StringAt({"metadata", "name"});
    name_ = options_.name.empty() ? old_name_ : options_.name;
    const shared::Status valid = CheckClusterName(name_);
    if (!valid)
      return notes_->Refusal(named.LineAt({"metadata", "name"}), "metadata.name: " + valid.error().message,
                             "Give another one with --name.");
    if (options_.name.empty())
      notes_->Guessed(named.LineAt({"metadata", "name"}), "metadata.name",
                      "Deployments name no cluster: it has the name of the head's " +
                          std::string(services_.empty() ? "Deployment" : "Service"),
                      "Give another one with --name.");
    return shared::Ok();
  }

  // Whether the worker joins this head: by its Service's variable, or because there is no other head.
  bool Joins(const Tree& worker) const {
    if (!RunsRay(worker, false) || !IsHere(worker)) return false;
    return heads_ == 1 ||
           ShellLine(*RayContainer(worker)).text.find(EnvironmentName(old_name_)) != std::string::npos;
  }

  Tree TakeWorkers() {
    Tree groups = Tree::List();
    GroupNames names;
    for (Tree& document : documents_) {
      if (!Joins(document)) continue;
      Tree worker = std::exchange(document, Tree());
      Tree group = Tree::Map();
      group.above = worker.above;
      group.Set("groupName", Json(names.Unique(worker.StringAt({"metadata", "name"}))));
      const Tree* replicas = worker.At({"spec", "replicas"});
      Tree count = replicas != nullptr && replicas->scalar.is_number_integer() ? *replicas : Tree(Json(1));
      group.Set("replicas", count);
      count.above.clear();
      count.beside.clear();
      group.Set("minReplicas", count);
      group.Set("maxReplicas", std::move(count));
      Tree rest = Group(&worker, false);
      for (Tree::Member& member : rest.members) group.Set(member.first, std::move(member.second));
      groups.Add(std::move(group));
    }
    return groups;
  }

  // Returns {rayStartParams, template} of a Deployment.
  Tree Group(Tree* deployment, bool is_head) {
    Tree& pod_template = deployment->Get("spec").Get("template");
    const std::string path = "Deployment[" + deployment->StringAt({"metadata", "name"}) + "].spec.template";
    const PodAtHand pod{&pod_template, path, deployment->line, is_head, notes_};
    CleanPodMetadata(pod);
    DropEmptyKeys(pod);
    Tree* container = pod.ray_container();
    const LauncherCommand line = ShellLine(*container);
    const std::string field = path + ".spec.containers[0].args";
    StartCommands start = ReadStartCommands({line}, field, notes_);
    notes_->Dropped(line.line, field,
                    "KubeRay starts Ray itself, with rayStartParams, and would ignore them beside a "
                    "command with `ray start`");
    container->Remove("command");
    container->Remove("args");
    DropSharedMemory(pod);
    NamePorts(pod);
    JudgeServiceAccount(pod, "", false);
    const std::string image = FitRayContainer(pod, options_);
    if (is_head) version_ = RayVersionOf(image);
    if (is_head) TakeRedisAddress(container);
    Tree params = Params(start, *container, field, line.line, is_head);
    Tree group = Tree::Map();
    group.Set("rayStartParams", std::move(params));
    group.Set("template", std::move(pod_template));
    return group;
  }

  Tree Params(const StartCommands& start, const Tree& container, const std::string& field, int line,
              bool is_head) {
    Tree params = Tree::Map();
    for (const auto& [name, value] : start.params) {
      const bool from_request = name == "num-cpus" && value.find("CPU_REQUEST") != value.npos;
      if (!from_request) params.Set(name, Json(value));
      if (from_request) SetRequestedProcessors(container, &params);
    }
    ModernizeStartParams({&params, field, line, is_head, !redis_address_.empty()}, notes_);
    return params;
  }

  // The downward API rounds a request of 100m up to 1, as KubeRay does; but KubeRay takes the limit first.
  static void SetRequestedProcessors(const Tree& container, Tree* params) {
    const auto whole = [&](const char* kind) -> std::int64_t {
      const Tree* value = container.At({"resources", kind, "cpu"});
      if (value == nullptr || value->is_null()) return 0;
      const std::string text =
          value->is_string() ? value->scalar.get<std::string>() : shared::DumpJson(value->scalar);
      const auto quantity = Quantity::Parse("cpu", text);
      return quantity ? quantity->value() : 0;
    };
    const std::int64_t requested = whole("requests"), limit = whole("limits");
    if (limit != 0 && requested != 0 && limit != requested)
      params->Set("num-cpus", Json(std::to_string(requested)));
  }

  void TakeRedisAddress(Tree* container) {
    Tree* env = container->Find("env");
    if (env == nullptr) return;
    std::erase_if(env->items, [&](const Tree& variable) {
      if (variable.StringAt({"name"}) != kRedisAddress || variable.Find("value") == nullptr) return false;
      redis_address_ = variable.StringAt({"value"});
      notes_->Dropped(variable.line, std::string("env ") + kRedisAddress,
                      "it is gcsFaultToleranceOptions.redisAddress today");
      return true;
    });
    if (env->empty()) container->Remove("env");
  }

  std::vector<Tree>& documents_;
  Tree head_;
  const ConvertOptions& options_;
  NoteList* notes_;
  std::ptrdiff_t heads_ = 1;
  std::string name_, old_name_, ns_, version_, redis_address_;
  std::vector<Tree> services_;
};

}  // namespace

bool IsStaticHead(const Tree& document) { return RunsRay(document, true); }

bool IsStaticWorker(const Tree& document) { return RunsRay(document, false); }

shared::Result<std::vector<Tree>> ConvertStatic(std::vector<Tree>* documents, std::size_t head,
                                                const ConvertOptions& options, NoteList* notes) {
  return StaticCluster(documents, head, options, notes).Convert();
}

}  // namespace kubectl_ray
