// The GCS's answer to GetClusterStatus, and the screen that is made of it.
#include <string_view>

#include "kubectl-ray/autoscaler/scaling_view.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto status = kubectl_ray::ReadGcsStatus(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!status) return 0;
  const shared::Json cluster = {{"spec", {{"enableInTreeAutoscaling", true}}}};
  const std::vector<shared::Json> pods;
  kubectl_ray::ScalingInput input{cluster, pods};
  input.gcs = *status;
  const kubectl_ray::ScalingView view = kubectl_ray::ReadScaling(input);
  (void)kubectl_ray::RenderScaling(view);
  (void)shared::DumpJson(kubectl_ray::ScalingToJson(view));
  return 0;
}
