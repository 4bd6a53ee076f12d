#include "kubectl-ray/operator/installation.h"

#include "kubectl-ray/formats/image_tag.h"
#include "kubectl-ray/kinds/labels.h"

namespace kubectl_ray {
namespace {

std::string FirstImage(const shared::Json& pod_spec) {
  const shared::Json& containers = shared::At(pod_spec, {"containers"});
  return containers.is_array() && !containers.empty() ? shared::StringAt(containers[0], {"image"}) : "";
}

}  // namespace

shared::Result<std::vector<shared::Json>> OperatorDeployments(const KubeClient& kube) {
  return kube.ListAll(
      kDeployments, "",
      {.label_selector =
           std::string("app.kubernetes.io/name in (kuberay-operator,kuberay),!") + kClusterLabel});
}

shared::Result<std::string> InstalledOperatorVersion(const KubeClient& kube) {
  ASSIGN_OR_RETURN(const std::vector<shared::Json> deployments, OperatorDeployments(kube));
  for (const shared::Json& deployment : deployments)
    if (const std::string image = FirstImage(shared::At(deployment, {"spec", "template", "spec"}));
        !image.empty())
      return ImageTag(image);
  return std::string();
}

}  // namespace kubectl_ray
