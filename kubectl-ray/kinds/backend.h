// Which of the two kinds of cluster one is.
#pragma once

namespace kubectl_ray {

// kOperator: a RayCluster resource, whose pods KubeRay starts, adding its own environment, command and init
// container. kPlain: Deployments and a Service, which need no operator.
enum class Backend { kOperator, kPlain };

}  // namespace kubectl_ray
