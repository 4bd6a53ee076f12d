#include "kubectl-ray/convert/cluster_fields.h"

#include <algorithm>

#include "kubectl-ray/convert/fault_tolerance.h"
#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/convert/ray_image.h"
#include "kubectl-ray/convert/start_commands.h"
#include "kubectl-ray/convert/start_params.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr const char* kOldAutoscaler = "kuberay-autoscaler";
constexpr const char* kOldAutoscalerAccount = "autoscaler-sa";

bool HasWord(const Tree& container, const char* word) {
  for (const char* key : {"command", "args"})
    if (const Tree* words = container.Find(key))
      for (const Tree& item : words->items)
        if (item.is_string() && item.scalar.get_ref<const std::string&>().find(word) != std::string::npos)
          return true;
  return false;
}

class Modernizer {
 public:
  Modernizer(Tree* spec, Tree* metadata, const std::string& path, Origin origin,
             const ConvertOptions& options, NoteList* notes)
      : spec_(*spec), metadata_(metadata), path_(path), origin_(origin), options_(options), notes_(notes) {}

  void Run() {
    fault_tolerant_ = MoveFaultTolerance(&spec_, metadata_, path_, notes_);
    if (Tree* autoscaler = spec_.Find("autoscalerOptions"))
      if (const Tree* image = autoscaler->Find("image")) {
        notes_->Dropped(image->line, path_ + ".autoscalerOptions.image",
                        "the autoscaler has to be of the cluster's own Ray");
        autoscaler->Remove("image");
      }
    RemoveOldAutoscaler();
    if (Tree* head = spec_.Find("headGroupSpec")) HeadGroup(head);
    if (Tree* groups = spec_.Find("workerGroupSpecs"))
      for (Tree& group : groups->items) WorkerGroup(&group);
    if (!version_.empty() && (!options_.image.empty() || spec_.StringAt({"rayVersion"}).empty()))
      spec_.Set("rayVersion", Json(version_));
  }

 private:
  void HeadGroup(Tree* head) {
    const std::string path = path_ + ".headGroupSpec";
    if (const Tree* replicas = head->Find("replicas")) {
      notes_->Dropped(replicas->line, path + ".replicas", "a cluster has one head");
      head->Remove("replicas");
    }
    version_ = Group(head, path, true);
  }

  void WorkerGroup(Tree* group) {
    const std::string path = path_ + ".workerGroupSpecs[" + group->StringAt({"groupName"}) + "]";
    if (const Tree* strategy = group->Find("scaleStrategy")) {
      const Tree* doomed = strategy->Find("workersToDelete");
      if (doomed != nullptr && !doomed->empty())
        notes_->Dropped(strategy->line, path + ".scaleStrategy", "its pods are not those of the new cluster");
      group->Remove("scaleStrategy");
    }
    Group(group, path, false);
  }

  // Returns the version of Ray in the group's image.
  std::string Group(Tree* group, const std::string& path, bool is_head) {
    group->Get("rayStartParams");  // before there are pointers into the group
    Tree* pod_template = group->Find("template");
    if (pod_template == nullptr) return "";
    const PodAtHand pod{pod_template, path + ".template", group->line, is_head, notes_};
    CleanPodMetadata(pod);
    DropEmptyKeys(pod);
    if (origin_ == Origin::kMicrosoft) {
      DropOperatorLabels(pod);
      RayContainerFirst(pod);
    }
    DropIdleCommand(pod, origin_ == Origin::kMicrosoft);
    JudgeCommand(pod);
    DropSharedMemory(pod);
    DropInitWaits(pod);
    NamePorts(pod);
    JudgeServiceAccount(pod, kOldAutoscalerAccount, IsAutoscaled());
    const std::string image = FitRayContainer(pod, options_);
    ModernizeStartParams({&group->Get("rayStartParams"), path + ".rayStartParams",
                          group->LineAt({"rayStartParams"}), is_head, fault_tolerant_},
                         notes_);
    JudgeProcessors(group, pod);
    return RayVersionOf(image);
  }

  bool IsAutoscaled() const {
    const Tree* enabled = spec_.Find("enableInTreeAutoscaling");
    return enabled != nullptr && enabled->scalar == true;
  }

  // Microsoft's operator looked for the variable ray=true; KubeRay takes the first container.
  static void RayContainerFirst(const PodAtHand& pod) {
    Tree* containers = pod.spec() != nullptr ? pod.spec()->Find("containers") : nullptr;
    if (containers == nullptr) return;
    const auto is_ray = [](const Tree& container) {
      const Tree* env = container.Find("env");
      return env != nullptr && std::any_of(env->items.begin(), env->items.end(), [](const Tree& variable) {
               return variable.StringAt({"name"}) == "ray" && variable.StringAt({"value"}) == "true";
             });
    };
    std::stable_partition(containers->items.begin(), containers->items.end(), is_ray);
  }

  void JudgeCommand(const PodAtHand& pod) const {
    const Tree* container = pod.ray_container();
    if (container == nullptr) return;
    const Tree* command =
        container->Find("command") != nullptr ? container->Find("command") : container->Find("args");
    if (command == nullptr) return;
    const std::string field = pod.path + ".spec.containers[0].command";
    std::string text;
    for (const Tree& word : command->items)
      if (word.is_string()) text += word.scalar.get<std::string>() + " ";
    if (HasRayStart(text))
      notes_->NeedsPerson(pod.LineOf(command), field,
                          "KubeRay leaves a command with `ray start` in it alone, and "
                          "ignores rayStartParams",
                          "Write what it passes to `ray start` into rayStartParams, and remove the command.");
    else
      notes_->Guessed(pod.LineOf(command), field,
                      "KubeRay 0.1 and 0.2 ran it after `ray start`, and all since run it before",
                      "It has to end, and well: Ray starts after it.");
  }

  // Of the samples that came with Ray 1.12 and 1.13: the autoscaler as a container of the user's.
  void RemoveOldAutoscaler() {
    Tree* containers = spec_.At({"headGroupSpec", "template", "spec", "containers"});
    if (containers == nullptr) return;
    const auto old = std::find_if(containers->items.begin(), containers->items.end(),
                                  [](const Tree& container) { return HasWord(container, kOldAutoscaler); });
    if (old == containers->items.end()) return;
    notes_->Dropped(old->line,
                    path_ + ".headGroupSpec.template.spec.containers[" + old->StringAt({"name"}) + "]",
                    "KubeRay adds the autoscaler itself, as enableInTreeAutoscaling: true says now");
    containers->items.erase(old);
    RemoveLogVolume(spec_.At({"headGroupSpec", "template", "spec"}));
    spec_.Set("enableInTreeAutoscaling", Json(true));
  }

  // The two containers shared /tmp/ray by it; KubeRay has a volume of this very name for that.
  static void RemoveLogVolume(Tree* pod_spec) {
    Tree* volumes = pod_spec->Find("volumes");
    if (volumes == nullptr) return;
    const std::size_t removed = std::erase_if(volumes->items, [](const Tree& volume) {
      const Tree* empty_dir = volume.Find("emptyDir");
      return volume.StringAt({"name"}) == "ray-logs" && empty_dir != nullptr && empty_dir->empty();
    });
    if (removed == 0) return;
    if (volumes->empty()) pod_spec->Remove("volumes");
    for (Tree& container : pod_spec->Get("containers").items)
      if (Tree* mounts = container.Find("volumeMounts")) {
        std::erase_if(mounts->items,
                      [](const Tree& mount) { return mount.StringAt({"name"}) == "ray-logs"; });
        if (mounts->empty()) container.Remove("volumeMounts");
      }
  }

  // Ray's autoscaler fails for a group whose CPUs nothing says.
  void JudgeProcessors(Tree* group, const PodAtHand& pod) {
    const Tree* container = pod.ray_container();
    if (!IsAutoscaled() || container == nullptr || group->At({"rayStartParams", "num-cpus"}) != nullptr)
      return;
    for (const char* kind : {"limits", "requests"})
      if (container->At({"resources", kind, "cpu"}) != nullptr) return;
    group->Get("rayStartParams").Set("num-cpus", Json("1"));
    notes_->Guessed(group->line, pod.path + ".spec.containers[0].resources",
                    "the container asks for no CPU, of which Ray's autoscaler fails: num-cpus is \"1\" now",
                    "Give the container a CPU request and limit.");
  }

  Tree& spec_;
  Tree* metadata_;
  const std::string& path_;
  Origin origin_;
  const ConvertOptions& options_;
  NoteList* notes_;
  bool fault_tolerant_ = false;
  std::string version_;
};

}  // namespace

void ModernizeClusterSpec(Tree* spec, Tree* metadata, const std::string& path, Origin origin,
                          const ConvertOptions& options, NoteList* notes) {
  Modernizer(spec, metadata, path, origin, options, notes).Run();
}

}  // namespace kubectl_ray
