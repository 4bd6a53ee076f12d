// Files of objects: whatever they hold, the rules can be checked, what changes can be said, and every place
// that is named is a line of the text.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "kubectl-ray/apply/field_change.h"
#include "kubectl-ray/apply/manifest.h"
#include "kubectl-ray/apply/operator_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifests = kubectl_ray::ParseManifests("input", text);
  if (!manifests) return 0;
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto check = [lines](std::size_t line) {
    if (line < 1 || line > lines) std::abort();
  };
  for (const kubectl_ray::Manifest& manifest : *manifests) {
    for (const kubectl_ray::BrokenRule& rule : kubectl_ray::BrokenRules(manifest.object))
      check(manifest.LineOf(rule.field));
    for (const kubectl_ray::FieldChange& change :
         kubectl_ray::ChangesOf(manifests->front().object, manifest.object))
      check(manifest.LineOf(change.field));
    if (manifest.WithPlaces(text).size() < text.size()) std::abort();
  }
  return 0;
}
