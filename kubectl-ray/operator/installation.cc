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

shared::Result<std::string> InstalledOperatorVersion(const KubeClient& kube) {
  std::string image;
  TRY(kube.List(kDeployments, "",
                {.label_selector =
                     std::string("app.kubernetes.io/name in (kuberay-operator,kuberay),!") + kClusterLabel},
                [&](const shared::Json& deployment) {
                  image = FirstImage(shared::At(deployment, {"spec", "template", "spec"}));
                  return image.empty();
                }));
  return image.empty() ? image : ImageTag(image);
}

}  // namespace kubectl_ray
