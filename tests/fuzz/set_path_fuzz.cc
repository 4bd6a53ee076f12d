// PATH=VALUE of --set, on a RayCluster in small.
#include <string_view>

#include "kubectl-ray/manifests/ray_cluster.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return 0;
  kubectl_ray::Json object = {{"spec", {{"groups", {{{"name", "a"}}}}, {"a.b", 1}}}};
  (void)kubectl_ray::SetPath(object, text.substr(0, equals), text.substr(equals + 1));
  (void)shared::DumpJson(object);
  return 0;
}
