#include "kubectl-ray/convert/without_operator.h"

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/deployments.h"

namespace kubectl_ray {
namespace {

using shared::Json;

class Replacer {
 public:
  Replacer(std::string_view source, const std::string& ns) : notes_(std::string(source)), ns_(ns) {}

  shared::Result<std::vector<Tree>> Objects(Tree cluster) {
    Tree* spec = cluster.Find("spec");
    if (spec == nullptr || !spec->is_map()) return notes_.Refusal(cluster.line, "it has no spec");
    Tree& metadata = cluster.Get("metadata");
    if (metadata.StringAt({"namespace"}).empty()) metadata.Set("namespace", Json(ns_));
    spec = cluster.Find("spec");
    StopAutoscaling(spec);
    TRY(Fit(spec->Find("headGroupSpec"), "spec.headGroupSpec"));
    Tree* groups = spec->Find("workerGroupSpecs");
    if (groups != nullptr && !groups->is_list()) spec->Remove("workerGroupSpecs");
    if (groups = spec->Find("workerGroupSpecs"); groups != nullptr)
      for (Tree& group : groups->items) TRY(Fit(&group, "spec.workerGroupSpecs"));
    ASSIGN_OR_RETURN(PlainCluster plain, DeploymentsFor(cluster.ToJson()));
    std::vector<Tree> objects;
    objects.emplace_back(std::move(plain.head));
    objects.emplace_back(std::move(plain.service));
    for (Json& worker : plain.workers) objects.emplace_back(std::move(worker));
    objects.front().above = std::move(cluster.above);
    return objects;
  }

  void NoteOther(const Tree& object) {
    const std::string kind = object.StringAt({"kind"});
    if (kind == kRayJobs.kind || kind == kRayServices.kind)
      notes_.NeedsPerson(object.line, kind, "only KubeRay's operator runs it: it stays as it is",
                         "Run the work on the cluster with `kubectl ray job submit`.");
  }

  std::vector<Note> Notes() const { return notes_.Sorted(); }

 private:
  void StopAutoscaling(Tree* spec) {
    const Tree* enabled = spec->Find("enableInTreeAutoscaling");
    if (enabled != nullptr && enabled->scalar == true)
      notes_.NeedsPerson(enabled->line, "enableInTreeAutoscaling",
                         "nothing scales Deployments for Ray: each group keeps its replicas",
                         "Scale with `kubectl ray scale cluster`, or install the operator.");
    spec->Remove("enableInTreeAutoscaling");
    spec->Remove("autoscalerOptions");
  }

  // What a Deployment's pods have to have, and what manifests/ expects of a Ray container.
  shared::Status Fit(Tree* group, const char* path) {
    Tree* pod_spec = group != nullptr ? group->At({"template", "spec"}) : nullptr;
    Tree* containers = pod_spec != nullptr ? pod_spec->Find("containers") : nullptr;
    if (containers == nullptr || containers->items.empty() || !containers->items.front().is_map())
      return notes_.Refusal(group != nullptr ? group->line : 0, std::string(path) + " has no containers");
    if (const Tree* volumes = pod_spec->Find("volumes"); volumes != nullptr && !volumes->is_list())
      pod_spec->Remove("volumes");
    if (const Tree* metadata = group->At({"template", "metadata"});
        metadata != nullptr && !metadata->is_map())
      group->Find("template")->Remove("metadata");
    pod_spec = group->At({"template", "spec"});
    Tree& container = pod_spec->Find("containers")->items.front();
    for (const char* key : {"command", "args"})
      if (const Tree* words = container.Find(key)) {
        notes_.NeedsPerson(words->line, std::string(path) + ".template.spec.containers[0]." + key,
                           "the container of a Deployment runs `ray start` and nothing else",
                           "Put it into the image, or into an init container.");
        container.Remove(key);
      }
    for (const char* list : {"env", "volumeMounts"})
      if (const Tree* there = container.Find(list); there != nullptr && !there->is_list())
        container.Remove(list);
    return shared::Ok();
  }

  NoteList notes_;
  const std::string& ns_;
};

}  // namespace

shared::Status ReplaceByDeployments(std::string_view source, const std::string& ns, Converted* converted) {
  Replacer replacer(source, ns);
  std::vector<Tree> objects;
  for (Tree& object : converted->objects) {
    if (object.StringAt({"kind"}) != kRayClusters.kind) {
      replacer.NoteOther(object);
      objects.push_back(std::move(object));
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<Tree> plain, replacer.Objects(std::move(object)));
    for (Tree& made : plain) objects.push_back(std::move(made));
  }
  converted->objects = std::move(objects);
  for (Note& note : replacer.Notes()) converted->notes.push_back(std::move(note));
  return shared::Ok();
}

}  // namespace kubectl_ray
