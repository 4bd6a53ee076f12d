// Format c: Microsoft's operator of November 2020, ray.io/v1alpha1 with headService and workerGroupsSpec.
#include "kubectl-ray/convert/cluster_fields.h"
#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/convert/head_service.h"
#include "kubectl-ray/convert/pod_rules.h"
#include "kubectl-ray/kinds/old_names.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// The Service that clients of the old cluster know, CLUSTER-NAME; null if there is none.
Tree ServiceOf(Tree service, const Tree& cluster, NoteList* notes) {
  if (!service.is_map()) return Tree();
  const std::string name = cluster.StringAt({"metadata", "name"});
  const std::string own = service.StringAt({"metadata", "name"});
  Tree object = Tree::Map();
  object.above = {"# Old clients look for the head under this name."};
  object.Set("apiVersion", Json("v1"));
  object.Set("kind", Json("Service"));
  Tree& metadata = object.Set("metadata", service.Take("metadata"));
  metadata.Set("name", Json(name + "-" + (own.empty() ? "head" : own)));
  if (const Tree* ns = cluster.At({"metadata", "namespace"})) metadata.Set("namespace", *ns);
  object.Set("spec", service.Take("spec"));
  notes->Guessed(
      service.line, "spec.headService",
      "it is a Service of its own now, \"" + object.StringAt({"metadata", "name"}) + "\", beside KubeRay's");
  PointAtHead(&object, name, notes);
  return object;
}

void RenameMember(Tree* map, const char* old, const char* now) {
  for (Tree::Member& member : map->members)
    if (member.first == old) member.first = now;
}

}  // namespace

bool IsMicrosoft(const Tree& document) {
  return document.StringAt({"apiVersion"}) == kOldApiVersion &&
         document.StringAt({"kind"}) == kRayClusters.kind &&
         (document.At({"spec", "headService"}) != nullptr ||
          document.At({"spec", "workerGroupsSpec"}) != nullptr);
}

shared::Result<std::vector<Tree>> ConvertMicrosoft(Tree document, const ConvertOptions& options,
                                                   NoteList* notes) {
  CleanObjectMetadata(&document, notes);
  if (!options.name.empty()) document.Get("metadata").Set("name", Json(options.name));
  const shared::Status valid = CheckClusterName(document.StringAt({"metadata", "name"}));
  if (!valid)
    return notes->Refusal(document.LineAt({"metadata", "name"}), "metadata.name: " + valid.error().message,
                          "Give another one with --name.");
  document.Set("apiVersion", Json(kRayClusters.ApiVersion()));
  Tree& spec = document.Get("spec");
  Tree service = ServiceOf(spec.Take("headService"), document, notes);
  RenameMember(&spec, "workerGroupsSpec", "workerGroupSpecs");
  ModernizeClusterSpec(&spec, document.Find("metadata"), "spec", Origin::kMicrosoft, options, notes);
  std::vector<Tree> objects;
  objects.push_back(std::move(document));
  if (!service.empty()) objects.push_back(std::move(service));
  return objects;
}

}  // namespace kubectl_ray
