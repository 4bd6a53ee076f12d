#include "kubectl-ray/operator/installation.h"

#include "kubectl-ray/formats/image_tag.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/operator/manifests.h"
#include "kubectl-ray/operator/resources.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Result;

std::string OperatorSelector() {
  return std::string("app.kubernetes.io/name in (kuberay-operator,kuberay),!") + kClusterLabel;
}

}  // namespace

Result<std::vector<Json>> FindOperators(const KubeClient& kube, const std::string& ns) {
  auto found = kube.ListAll(kDeployments, "", {.label_selector = OperatorSelector()});
  if (found || found.error().code != ErrorCode::kAuth) return found;
  return kube.ListAll(kDeployments, ns, {.label_selector = OperatorSelector()});
}

Result<Json> FindAny(const KubeClient& kube, const Resource& resource, const std::string& ns,
                     const std::string& name) {
  Result<Json> found = kube.Get(resource, ns, name);
  if (!found && found.error().code == ErrorCode::kNotFound) return Json();
  return found;
}

Result<std::vector<Json>> FindDefinitions(const KubeClient& kube) {
  std::vector<Json> definitions;
  for (const char* plural : {"rayclusters", "raycronjobs", "rayjobs", "rayservices"}) {
    ASSIGN_OR_RETURN(Json definition, FindAny(kube, kDefinitions, "", plural + std::string(".ray.io")));
    if (!definition.is_null()) definitions.push_back(std::move(definition));
  }
  return definitions;
}

std::string OperatorVersionOf(const Json& deployment) {
  const std::string image = shared::StringAt(OperatorContainer(deployment), {"image"});
  return image.empty() ? image : ImageTag(image);
}

Result<std::string> InstalledOperatorVersion(const KubeClient& kube) {
  std::string version;
  TRY(kube.List(kDeployments, "", {.label_selector = OperatorSelector()}, [&](const Json& deployment) {
    version = OperatorVersionOf(deployment);
    return version.empty();
  }));
  return version;
}

}  // namespace kubectl_ray
