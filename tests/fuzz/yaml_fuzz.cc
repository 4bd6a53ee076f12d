// Manifests, config files and --set values; what is read and dumped has to read back as the same.
#include <cstdlib>
#include <string_view>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/manifests/cluster_config.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)kubectl_ray::ParseClusterConfig("input", text, {});
  (void)kubectl_ray::ParseYamlDocuments("input", text);
  const auto value = kubectl_ray::ParseYaml("input", text);
  if (!value) return 0;
  const auto again = kubectl_ray::ParseYaml("dump", kubectl_ray::DumpYaml(*value));
  if (!again || *again != *value) std::abort();
  return 0;
}
