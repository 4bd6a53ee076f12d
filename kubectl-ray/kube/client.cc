#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct KubeClient::State {
  ClusterAccess access;
};
KubeClient::~KubeClient() = default;

}  // namespace kubectl_ray
