// Who looks after an object, by the marks that the tools of the field leave on it.
#pragma once

#include <string>

#include "shared/json.h"

namespace kubectl_ray {

enum class OwnerKind { kUs, kNobody, kHelm, kArgoCd, kFlux, kOlm, kKubectl, kOther };

struct Owner {
  OwnerKind kind = OwnerKind::kNobody;
  std::string name = {};  // of the release, the application, the Kustomization or the field manager
  std::string ns = {};    // of the release, if Helm's mark says so

  // "Helm's release \"kuberay-operator\""; the name comes from the object and is not escaped.
  std::string ToText() const;
  // Whether we may change the object without being asked to take it over.
  bool is_ours() const { return kind == OwnerKind::kUs || kind == OwnerKind::kNobody; }
  bool operator==(const Owner&) const = default;
};

// Pure. An object that this program has applied is its own, whatever marks it carries besides: it was taken
// over. Sources of the marks: helm pkg/action/validate.go, argo-cd's resource tracking, flux' kustomize- and
// helm-controller, OLM's olm.owner; metadata.managedFields.
Owner OwnerOf(const shared::Json& object);

}  // namespace kubectl_ray
