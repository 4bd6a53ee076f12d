// Objects of the API server and the dashboard, as `status`, `session` and `logs` read them.
#include <cstdlib>

#include "kubectl-ray/clusters/status.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/session/session_ports.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto objects = shared::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!objects) return 0;
  StatusInput input;
  input.ray_cluster = shared::At(*objects, {"cluster"});
  input.ray_status = shared::At(*objects, {"status"});
  input.ray_nodes = shared::At(*objects, {"nodes"});
  input.ray_jobs = shared::At(*objects, {"jobs"});
  for (const Json& pod : shared::At(*objects, {"pods"})) {
    input.pods.push_back(pod);
    (void)ReadRayPod(pod);
    (void)ReadHeadPod(pod);
    (void)PortsOfService(shared::At(*objects, {"service"}), pod);
    for (const Json& event : shared::At(*objects, {"events"}))
      input.events[shared::StringAt(pod, {"metadata", "name"})].push_back(event);
  }
  const ClusterStatus status = Diagnose(input);
  for (const char c : RenderStatus(status, false))
    if (c == '\033') std::abort();
  (void)StatusToJson(status);
  return 0;
}
