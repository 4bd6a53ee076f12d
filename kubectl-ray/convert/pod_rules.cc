#include "kubectl-ray/convert/pod_rules.h"

#include <algorithm>
#include <array>

#include "kubectl-ray/kinds/ports.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// What the API server, or a controller, writes into any object.
constexpr std::array<std::string_view, 9> kServerFields = {
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "generation",        "managedFields",     "ownerReferences",
    "resourceVersion",   "selfLink",          "uid"};

constexpr std::array<std::string_view, 10> kProviderLabels = {
    "ray-cluster-name",         "ray-node-type",           "ray-user-node-type", "ray-node-name",
    "ray-node-status",          "ray-node-uuid",           "ray-launch-config",  "ray-runtime-config",
    "ray-file-mounts-contents", "cluster.ray.io/component"};

constexpr std::array<std::string_view, 5> kOperatorLabels = {"rayCluster", "rayClusterName", "rayNodeType",
                                                             "groupName", "identifier"};

constexpr std::array<std::int64_t, 6> kGonePorts = {6380, 6381, 12345, 12346, 22345, 22346};

struct NamedPort {
  std::int64_t number;
  const char* name;
  bool added;  // where a head lists any
};
constexpr NamedPort kNamedPorts[] = {{kGcsPort, "gcs-server", true},
                                     {kDashboardPort, "dashboard", true},
                                     {kClientPort, "client", true},
                                     {kServePort, "serve", false}};

constexpr const char* kSharedMemory = "/dev/shm";

void RemoveIfEmpty(Tree* parent, std::string_view key) {
  const Tree* member = parent->Find(key);
  if (member != nullptr && member->empty()) parent->Remove(key);
}

void DropLabels(const PodAtHand& pod, Tree* labels, const char* where, const std::string_view* begin,
                const std::string_view* end) {
  if (labels == nullptr) return;
  for (const std::string_view* label = begin; label != end; ++label) {
    const Tree* there = labels->Find(*label);
    if (there == nullptr) continue;
    pod.notes->Dropped(pod.LineOf(there), pod.path + ".metadata." + where + "." + std::string(*label),
                       "the old controller found its pods by it");
    labels->Remove(*label);
  }
}

// All words of a container's command and args, in one text.
std::string CommandText(const Tree& container) {
  std::string text;
  for (const char* key : {"command", "args"})
    if (const Tree* words = container.Find(key))
      for (const Tree& word : words->items)
        text += (text.empty() ? "" : " ") + (word.is_string() ? word.scalar.get<std::string>() : "");
  return text;
}

bool IsIdle(const std::string& command) {
  for (const char* idle : {"trap : TERM INT", "sleep infinity", "tail -f /tmp/raylogs", "tail -f /dev/null"})
    if (command.find(idle) != command.npos) return true;
  return false;
}

std::int64_t PortNumber(const Tree& port) {
  const Tree* number = port.Find("containerPort");
  return number != nullptr && number->scalar.is_number_integer() ? number->scalar.get<std::int64_t>() : 0;
}

bool IsPlainMemoryVolume(const Tree& volume) {
  const Tree* empty_dir = volume.Find("emptyDir");
  return empty_dir != nullptr && empty_dir->StringAt({"medium"}) == "Memory" &&
         empty_dir->Find("sizeLimit") == nullptr;
}

// Whether a container of the pod mounts the volume at another place than `path`.
bool IsMountedElsewhere(const Tree& spec, const std::string& volume, const std::string& path) {
  for (const char* list : {"containers", "initContainers"})
    if (const Tree* containers = spec.Find(list))
      for (const Tree& container : containers->items)
        if (const Tree* mounts = container.Find("volumeMounts"))
          for (const Tree& mount : mounts->items)
            if (mount.StringAt({"name"}) == volume && mount.StringAt({"mountPath"}) != path) return true;
  return false;
}

void RemoveMounts(Tree* spec, const std::string& volume) {
  for (Tree& container : spec->Get("containers").items) {
    Tree* mounts = container.Find("volumeMounts");
    if (mounts == nullptr) continue;
    std::erase_if(mounts->items, [&](const Tree& mount) { return mount.StringAt({"name"}) == volume; });
    RemoveIfEmpty(&container, "volumeMounts");
  }
}

}  // namespace

Tree* PodAtHand::ray_container() const {
  Tree* containers = pod_template->At({"spec", "containers"});
  return containers != nullptr && !containers->items.empty() ? &containers->items.front() : nullptr;
}

void CleanPodMetadata(const PodAtHand& pod) {
  for (const char* key : {"apiVersion", "kind", "status"}) pod.pod_template->Remove(key);
  Tree* metadata = pod.pod_template->Find("metadata");
  if (metadata == nullptr) return;
  for (const std::string_view key : kServerFields) metadata->Remove(key);
  for (const char* key : {"name", "generateName", "namespace", "finalizers"})
    if (const Tree* there = metadata->Find(key)) {
      pod.notes->Dropped(pod.LineOf(there), pod.path + ".metadata." + key,
                         "a pod template has none: KubeRay names the pods");
      metadata->Remove(key);
    }
  DropLabels(pod, metadata->Find("labels"), "labels", kProviderLabels.begin(), kProviderLabels.end());
  DropLabels(pod, metadata->Find("annotations"), "annotations", kProviderLabels.begin(),
             kProviderLabels.end());
  for (const char* key : {"labels", "annotations"}) RemoveIfEmpty(metadata, key);
  RemoveIfEmpty(pod.pod_template, "metadata");
}

void CleanObjectMetadata(Tree* object, NoteList* notes) {
  object->Remove("status");
  Tree* metadata = object->Find("metadata");
  if (metadata == nullptr) return;
  for (const std::string_view key : kServerFields) metadata->Remove(key);
  if (Tree* annotations = metadata->Find("annotations")) {
    annotations->Remove("kubectl.kubernetes.io/last-applied-configuration");
    annotations->Remove("kopf.zalando.org/last-handled-configuration");
    annotations->Remove("deployment.kubernetes.io/revision");
    RemoveIfEmpty(metadata, "annotations");
  }
  Tree* finalizers = metadata->Find("finalizers");
  if (finalizers == nullptr) return;
  const int line = finalizers->line;
  const std::size_t removed = std::erase_if(finalizers->items, [](const Tree& finalizer) {
    return finalizer.is_string() && finalizer.scalar == "kopf.zalando.org/KopfFinalizerMarker";
  });
  if (removed > 0)
    notes->NeedsPerson(
        line, "metadata.finalizers",
        "without its operator the deletion of the live object hangs on this finalizer",
        "Remove the finalizer from the live object, then the CRD rayclusters.cluster.ray.io: until "
        "then `kubectl get raycluster` is ambiguous.");
  RemoveIfEmpty(metadata, "finalizers");
}

void DropOperatorLabels(const PodAtHand& pod) {
  DropLabels(pod, pod.pod_template->At({"metadata", "labels"}), "labels", kOperatorLabels.begin(),
             kOperatorLabels.end());
  if (Tree* metadata = pod.pod_template->Find("metadata")) RemoveIfEmpty(metadata, "labels");
}

void DropIdleCommand(const PodAtHand& pod, bool ray_ran_beside) {
  Tree* container = pod.ray_container();
  if (container == nullptr) return;
  const std::string command = CommandText(*container);
  if (command.empty()) return;
  const bool idle = IsIdle(command);
  if (!idle && !ray_ran_beside) return;
  const Tree* first =
      container->Find("command") != nullptr ? container->Find("command") : container->Find("args");
  const std::string field = pod.path + ".spec.containers[0].command";
  if (idle)
    pod.notes->Dropped(
        pod.LineOf(first), field,
        "it kept the pod alive while Ray was started in it; KubeRay starts Ray as the container's program");
  else
    pod.notes->NeedsPerson(
        pod.LineOf(first), field,
        "\"" + command + "\" ran beside Ray; KubeRay would run it before Ray, and wait for it",
        "Submit it with `kubectl ray job submit`, or give it a container of its own.");
  container->Remove("command");
  container->Remove("args");
}

void DropSharedMemory(const PodAtHand& pod) {
  Tree* container = pod.ray_container();
  Tree* volumes = pod.spec() != nullptr ? pod.spec()->Find("volumes") : nullptr;
  const Tree* mounts = container != nullptr ? container->Find("volumeMounts") : nullptr;
  if (volumes == nullptr || mounts == nullptr) return;
  std::string name;
  for (const Tree& mount : mounts->items)
    if (mount.StringAt({"mountPath"}) == kSharedMemory) name = mount.StringAt({"name"});
  const auto volume = std::find_if(volumes->items.begin(), volumes->items.end(), [&](const Tree& candidate) {
    return candidate.StringAt({"name"}) == name && IsPlainMemoryVolume(candidate);
  });
  if (name.empty() || volume == volumes->items.end() || IsMountedElsewhere(*pod.spec(), name, kSharedMemory))
    return;
  pod.notes->Dropped(pod.LineOf(&*volume), pod.path + ".spec.volumes[" + name + "]",
                     "KubeRay adds a /dev/shm of its own, limited to the memory request");
  volumes->items.erase(volume);
  RemoveMounts(pod.spec(), name);
  RemoveIfEmpty(pod.spec(), "volumes");
}

void NamePorts(const PodAtHand& pod) {
  Tree* container = pod.ray_container();
  Tree* ports = container != nullptr ? container->Find("ports") : nullptr;
  if (ports == nullptr || !ports->is_list()) return;
  std::erase_if(ports->items, [&](const Tree& port) {
    const bool gone = std::find(kGonePorts.begin(), kGonePorts.end(), PortNumber(port)) != kGonePorts.end();
    if (gone)
      pod.notes->Dropped(
          pod.LineOf(&port), pod.path + ".spec.containers[0].ports",
          "port " + std::to_string(PortNumber(port)) + ": Ray's pods reach each other without a list");
    return gone;
  });
  for (const NamedPort& named : kNamedPorts) {
    const auto port = std::find_if(ports->items.begin(), ports->items.end(),
                                   [&](const Tree& p) { return PortNumber(p) == named.number; });
    if (port == ports->items.end()) {
      if (pod.is_head && named.added && !ports->items.empty())
        ports->items.push_back(Tree(Json{{"containerPort", named.number}, {"name", named.name}}));
    } else if (port->Find("name") == nullptr) {
      port->Set("name", Json(named.name));
    }
  }
  RemoveIfEmpty(container, "ports");
}

void DropInitWaits(const PodAtHand& pod) {
  Tree* list = pod.spec() != nullptr ? pod.spec()->Find("initContainers") : nullptr;
  if (list == nullptr) return;
  std::erase_if(list->items, [&](const Tree& container) {
    if (CommandText(container).find("nslookup") == std::string::npos) return false;
    pod.notes->Dropped(pod.LineOf(&container),
                       pod.path + ".spec.initContainers[" + container.StringAt({"name"}) + "]",
                       "it waits for the head's DNS name; KubeRay's own init container waits for the head");
    return true;
  });
  RemoveIfEmpty(pod.spec(), "initContainers");
}

void DropEmptyKeys(const PodAtHand& pod) {
  Tree* spec = pod.spec();
  if (spec == nullptr) return;
  std::erase_if(spec->members, [](const Tree::Member& member) { return member.second.is_null(); });
}

void JudgeServiceAccount(const PodAtHand& pod, const std::string& own, bool autoscaled) {
  if (pod.spec() == nullptr) return;
  for (const char* key : {"serviceAccountName", "serviceAccount"}) {
    const Tree* account = pod.spec()->Find(key);
    const std::string name = pod.spec()->StringAt({key});
    if (account == nullptr || name.empty()) continue;
    const std::string field = pod.path + ".spec." + key;
    if (name == own) {
      pod.notes->Dropped(pod.LineOf(account), field,
                         "\"" + name + "\" was for the old autoscaler; KubeRay makes its own");
      pod.spec()->Remove(key);
    } else if (pod.is_head && autoscaled) {
      pod.notes->NeedsPerson(
          pod.LineOf(account), field,
          "KubeRay neither creates \"" + name + "\" nor gives it the rights that its autoscaler needs",
          "Create it with a Role to get, list, watch and patch pods, and to get and patch rayclusters, or "
          "remove the "
          "field.");
    }
  }
}

}  // namespace kubectl_ray
