// Places of values in YAML: each has to lie in its parent, in order, and a scalar's own text has to read back
// as what the document has there.
#include <cstdlib>
#include <string_view>

#include "kubectl-ray/formats/yaml_text.h"

namespace {

using kubectl_ray::YamlTextEntry;
using kubectl_ray::YamlTextNode;

void Check(const YamlTextNode& node, std::size_t begin, std::size_t end) {
  if (node.begin < begin || node.content < node.begin || node.end > end || node.end < node.begin)
    std::abort();
  std::size_t at = node.begin;
  for (const YamlTextEntry& entry : node.entries) {
    if (entry.key) {
      Check(*entry.key, at, node.end);
      at = entry.key->end;
    }
    Check(*entry.value, at, node.end);
    at = entry.value->end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto documents = kubectl_ray::ReadYamlText("input", text);
  if (!documents) return 0;
  for (const kubectl_ray::YamlTextDocument& document : *documents)
    Check(*document.root, document.begin, document.end);
  return 0;
}
