#include "kubectl-ray/convert/old_cluster.h"

#include <algorithm>
#include <cmath>

#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/convert/ray_image.h"
#include "kubectl-ray/convert/resource_params.h"
#include "kubectl-ray/convert/start_commands.h"
#include "kubectl-ray/convert/start_params.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::Json;

class Builder {
 public:
  Builder(OldCluster old, const ConvertOptions& options, NoteList* notes)
      : old_(std::move(old)), options_(options), notes_(notes) {}

  shared::Result<Tree> Build() {
    TRY(Limit());
    AddHeadGroup();
    Tree spec = Tree::Map();
    Tree head = Group(&old_.head, old_.head_start, old_.head_start_field, true);
    head.above = old_.head.above;
    if (!version_.empty()) spec.Set("rayVersion", Json(version_));
    SetAutoscaling(&spec);
    spec.Set("headGroupSpec", std::move(head));
    Tree groups = Tree::List();
    for (OldNodeType& worker : old_.workers) groups.Add(WorkerGroup(&worker));
    if (!groups.items.empty()) spec.Set("workerGroupSpecs", std::move(groups));
    Tree cluster = Tree::Map();
    cluster.Set("apiVersion", Json(kRayClusters.ApiVersion()));
    cluster.Set("kind", Json(kRayClusters.kind));
    cluster.Set("metadata", std::move(old_.metadata));
    cluster.Set("spec", std::move(spec));
    return cluster;
  }

 private:
  // Sets each type's own limit to what the limit of all leaves it.
  shared::Status Limit() {
    std::int64_t least = 0, most = 0;
    for (OldNodeType& worker : old_.workers) {
      worker.max_workers = std::min(worker.max_workers.value_or(old_.max_workers), old_.max_workers);
      worker.max_workers = std::max(*worker.max_workers, worker.min_workers);
      least += worker.min_workers;
      most += *worker.max_workers;
    }
    const std::string limit = std::to_string(old_.max_workers);
    if (least > old_.max_workers)
      return notes_->Refusal(old_.max_workers_line, old_.max_workers_field + " is " + limit +
                                                        ", less than the " + std::to_string(least) +
                                                        " workers that its types want at least");
    if (most > old_.max_workers)
      notes_->NeedsPerson(old_.max_workers_line, old_.max_workers_field,
                          "KubeRay has no limit over all groups, which may come to " + std::to_string(most) +
                              " workers instead of " + limit,
                          "Lower maxReplicas of the groups until their sum is what you can pay for.");
    return shared::Ok();
  }

  // A head type that may have workers is a worker group of its kind, too.
  void AddHeadGroup() {
    if (old_.head.max_workers.value_or(0) <= 0 && old_.head.min_workers <= 0) return;
    OldNodeType worker = old_.head;
    worker.group = old_.head.group;
    worker.max_workers =
        std::max(worker.min_workers, std::min(worker.max_workers.value_or(0), old_.max_workers));
    notes_->Guessed(worker.line, old_.head.path,
                    "the head's type may have workers, too: they are the group \"" + worker.group + "\"");
    old_.workers.push_back(std::move(worker));
  }

  bool IsAutoscaled() const {
    return std::any_of(old_.workers.begin(), old_.workers.end(),
                       [](const OldNodeType& type) { return type.max_workers != type.min_workers; });
  }

  void SetAutoscaling(Tree* spec) {
    if (!IsAutoscaled()) return;
    spec->Set("enableInTreeAutoscaling", Json(true));
    Tree autoscaler = Tree::Map();
    const bool fast = old_.upscaling_speed > 1;
    autoscaler.Set("upscalingMode", Json(fast ? "Default" : "Conservative"));
    // Always written: without it 60 seconds count, and not the five minutes of old.
    autoscaler.Set("idleTimeoutSeconds",
                   Json(static_cast<std::int64_t>(std::llround(old_.idle_minutes * 60))));
    if (fast)
      notes_->Guessed(old_.upscaling_line, old_.upscaling_field,
                      "KubeRay knows Conservative, which is a speed of 1, and Default, which has no limit: "
                      "it is Default now",
                      "Write upscalingMode: Conservative if that is too fast.");
    spec->Set("autoscalerOptions", std::move(autoscaler));
  }

  Tree WorkerGroup(OldNodeType* worker) {
    Tree group = Tree::Map();
    group.above = worker->above;
    group.Set("groupName", Json(worker->group));
    group.Set("replicas", Json(worker->min_workers));
    group.Set("minReplicas", Json(worker->min_workers));
    group.Set("maxReplicas", Json(*worker->max_workers));
    Tree rest = Group(worker, old_.worker_start, old_.worker_start_field, false);
    for (Tree::Member& member : rest.members) group.Set(member.first, std::move(member.second));
    return group;
  }

  // Returns {rayStartParams, template}.
  Tree Group(OldNodeType* type, const std::vector<LauncherCommand>& lines, const std::string& field,
             bool is_head) {
    const PodAtHand pod{&type->pod, type->pod_path, type->line, is_head, notes_};
    CleanPodMetadata(pod);
    DropEmptyKeys(pod);
    DropIdleCommand(pod, true);
    DropSharedMemory(pod);
    NamePorts(pod);
    DropInitWaits(pod);
    JudgeServiceAccount(pod, old_.own_service_account, IsAutoscaled());
    const std::string image = FitRayContainer(pod, options_);
    if (is_head) version_ = RayVersionOf(image);
    StartCommands start = ReadStartCommands(lines, field, notes_);
    Tree* container = pod.ray_container();
    if (container != nullptr) AddEnvironment(container, start.env);
    Tree params = Tree::Map();
    for (const auto& [name, value] : start.params) params.Set(name, Json(value));
    ModernizeStartParams({&params, field, lines.empty() ? 0 : lines.back().line, is_head}, notes_);
    if (container != nullptr)
      SetResourceParams(&params, *container, type->resources, type->path + ".resources",
                        type->resources.line != 0 ? type->resources.line : type->line, notes_);
    Tree group = Tree::Map();
    group.Set("rayStartParams", std::move(params));
    group.Set("template", std::move(type->pod));
    return group;
  }

  static void AddEnvironment(Tree* container, const std::vector<std::pair<std::string, std::string>>& env) {
    for (const auto& [name, value] : env) {
      Tree& list = container->Get("env");
      list.kind = Tree::Kind::kList;
      const bool there =
          std::any_of(list.items.begin(), list.items.end(),
                      [&, &name = name](const Tree& item) { return item.StringAt({"name"}) == name; });
      if (!there) list.Add(Tree(Json{{"name", name}, {"value", value}}));
    }
  }

  OldCluster old_;
  const ConvertOptions& options_;
  NoteList* notes_;
  std::string version_;  // of Ray, as the head's image has it
};

}  // namespace

shared::Result<Tree> RayClusterOf(OldCluster old, const ConvertOptions& options, NoteList* notes) {
  return Builder(std::move(old), options, notes).Build();
}

}  // namespace kubectl_ray
