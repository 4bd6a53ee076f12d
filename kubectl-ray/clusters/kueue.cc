#include "kubectl-ray/clusters/kueue.h"

#include <algorithm>

#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/pods/pod_health.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

// Newer releases serve v1beta2 as well, in the end alone; the fields that matter here are the same in both.
const Resource kWorkloads[] = {{"kueue.x-k8s.io", "v1beta1", "workloads", "Workload"},
                               {"kueue.x-k8s.io", "v1beta2", "workloads", "Workload"}};

bool IsOwnedBy(const Json& object, const std::string& uid) {
  const Json& owners = At(object, {"metadata", "ownerReferences"});
  return owners.is_array() && std::any_of(owners.begin(), owners.end(),
                                          [&](const Json& owner) { return StringAt(owner, {"uid"}) == uid; });
}

// Of the conditions that hold a Workload back, the first one that says why.
std::string MessageOf(const Json& workload) {
  for (const char* type : {"QuotaReserved", "Admitted"}) {
    const Json& condition = ConditionOf(workload, type);
    if (StringAt(condition, {"status"}) != "False") continue;
    if (std::string message = InOneLine(StringAt(condition, {"message"})); !message.empty()) return message;
  }
  return "";
}

}  // namespace

std::string QueueOf(const Json& ray_cluster) {
  return IsSuspended(ray_cluster) ? StringAt(ray_cluster, {"metadata", "labels", kQueueLabel}) : "";
}

std::string WhyQueued(const KubeClient& kube, const Json& ray_cluster) {
  const std::string queue = QueueOf(ray_cluster);
  if (queue.empty()) return "";
  const std::string uid = StringAt(ray_cluster, {"metadata", "uid"});
  std::string message;
  for (const Resource& workloads : kWorkloads) {
    const auto listed =
        kube.List(workloads, StringAt(ray_cluster, {"metadata", "namespace"}), {}, [&](const Json& workload) {
          if (IsOwnedBy(workload, uid)) message = MessageOf(workload);
          return message.empty();
        });
    if (listed) break;
  }
  return "Kueue has not admitted it yet from queue \"" + queue + "\"" +
         (message.empty() ? "" : ": " + message);
}

}  // namespace kubectl_ray
