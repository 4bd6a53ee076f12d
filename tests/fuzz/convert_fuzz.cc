// `convert` whole: any text is refused or converted, with and without an operator; what is converted is YAML
// again that means the same, and converting it once more changes nothing.
#include <cstdlib>
#include <string>
#include <string_view>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/without_operator.h"
#include "kubectl-ray/formats/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kubectl_ray::ConvertOptions options;
  if (size % 2 == 1) {
    options.name = "fuzz";
    options.image = "rayproject/ray:2.60.0";
    options.head = {"1", "2Gi", "0"};
  }
  auto converted = kubectl_ray::Convert("input", text, options);
  if (!converted) return 0;
  for (const kubectl_ray::Note& note : converted->notes) kubectl_ray::FormatNote(note);
  for (const kubectl_ray::Tree& object : converted->objects) {
    const auto read = kubectl_ray::ParseYaml("output", object.ToYaml());
    if (!read || *read != object.ToJson()) std::abort();
  }
  const auto plain = kubectl_ray::ReplaceByDeployments("input", "default", &*converted);
  if (!plain) return 0;
  for (const kubectl_ray::Tree& object : converted->objects) object.ToYaml();
  return 0;
}
