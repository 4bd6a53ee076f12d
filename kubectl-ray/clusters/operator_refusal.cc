#include "kubectl-ray/clusters/operator_refusal.h"

#include <algorithm>

#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {

using shared::StringAt;

std::string WhyOperatorRefuses(const KubeClient& kube, const Json& ray_cluster) {
  const std::string uid = StringAt(ray_cluster, {"metadata", "uid"});
  const std::string ns = StringAt(ray_cluster, {"metadata", "namespace"});
  std::string newest, why;
  // By uid, because the events of an earlier cluster of this name may still be there.
  (void)!kube.List(kEvents, ns, {.field_selector = "involvedObject.uid=" + uid}, [&](const Json& event) {
    if (!StringAt(event, {"reason"}).starts_with("InvalidRayCluster")) return true;
    std::string time = StringAt(event, {"lastTimestamp"});
    if (time.empty()) time = StringAt(event, {"eventTime"});
    if (time >= newest) why = InOneLine(StringAt(event, {"message"}));
    newest = std::max(newest, time);
    return true;
  });
  return why.empty() ? "" : "KubeRay refuses it: " + why;
}

}  // namespace kubectl_ray
