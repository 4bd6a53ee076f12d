#include "kubectl-ray/operator/owner.h"

#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using shared::StringAt;

std::string Label(const Json& object, const char* label) {
  return StringAt(object, {"metadata", "labels", label});
}

std::string Annotation(const Json& object, const char* annotation) {
  return StringAt(object, {"metadata", "annotations", annotation});
}

// By labels and annotations; kNobody: there are none.
Owner MarkedOwner(const Json& object) {
  if (std::string id = Annotation(object, "argocd.argoproj.io/tracking-id"); !id.empty())
    return {OwnerKind::kArgoCd, id.substr(0, id.find(':'))};
  if (std::string instance = Label(object, "argocd.argoproj.io/instance"); !instance.empty())
    return {OwnerKind::kArgoCd, std::move(instance)};
  for (const char* label : {"kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"})
    if (std::string name = Label(object, label); !name.empty()) return {OwnerKind::kFlux, std::move(name)};
  if (std::string name = Annotation(object, "meta.helm.sh/release-name"); !name.empty())
    return {OwnerKind::kHelm, std::move(name), Annotation(object, "meta.helm.sh/release-namespace")};
  if (std::string name = Label(object, "olm.owner"); !name.empty()) return {OwnerKind::kOlm, std::move(name)};
  return {};
}

OwnerKind KindOfManager(const std::string& manager) {
  if (manager.starts_with("argocd")) return OwnerKind::kArgoCd;
  if (manager == "kustomize-controller" || manager == "helm-controller") return OwnerKind::kFlux;
  if (manager.starts_with("helm")) return OwnerKind::kHelm;
  if (manager.starts_with("kubectl")) return OwnerKind::kKubectl;
  // The API server's own, and controllers, write status and what follows from other objects.
  if (manager.starts_with("kube-")) return OwnerKind::kNobody;
  return OwnerKind::kOther;
}

}  // namespace

std::string Owner::ToText() const {
  const std::string quoted = name.empty() ? "" : " \"" + name + "\"";
  switch (kind) {
    case OwnerKind::kUs:
      return "kubectl ray";
    case OwnerKind::kNobody:
      return "nobody known";
    case OwnerKind::kHelm:
      return name.empty() ? "Helm" : "Helm's release" + quoted;
    case OwnerKind::kArgoCd:
      return name.empty() ? "Argo CD" : "Argo CD's application" + quoted;
    case OwnerKind::kFlux:
      return "Flux" + quoted;
    case OwnerKind::kOlm:
      return "the Operator Lifecycle Manager" + quoted;
    case OwnerKind::kKubectl:
      return "kubectl";
    case OwnerKind::kOther:
      break;
  }
  return "the field manager" + quoted;
}

Owner OwnerOf(const Json& object) {
  Owner by_manager;
  for (const Json& entry : shared::At(object, {"metadata", "managedFields"})) {
    const std::string manager = StringAt(entry, {"manager"});
    if (!StringAt(entry, {"subresource"}).empty() || manager.empty()) continue;
    if (manager == kManagedByUs && StringAt(entry, {"operation"}) == "Apply") return {OwnerKind::kUs};
    const OwnerKind kind = KindOfManager(manager);
    if (kind != OwnerKind::kNobody && by_manager.kind == OwnerKind::kNobody)
      by_manager = {kind, kind == OwnerKind::kOther ? manager : ""};
  }
  const Owner marked = MarkedOwner(object);
  return marked.kind == OwnerKind::kNobody ? by_manager : marked;
}

}  // namespace kubectl_ray
