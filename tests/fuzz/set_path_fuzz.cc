// PATH=VALUE of --set, on a RayCluster in small.
#include "kubectl-ray/manifests/set_path.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  shared::Json object = {{"spec", {{"groups", {{{"name", "a"}}}}, {"a.b", 1}}}};
  (void)kubectl_ray::Assign(object, {reinterpret_cast<const char*>(data), size});
  return 0;
}
