// Manifests into which the agent is put: what comes out reads as YAML, is not changed by a second time, and
// gives back what was there, whatever an earlier injection's record claims.
#include <cstdlib>
#include <string>
#include <string_view>

#include "kubectl-ray/formats/unified_diff.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/injection/injection.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace kubectl_ray;
  const std::string text(reinterpret_cast<const char*>(data), size);
  AgentOptions agent;
  agent.delivery = AgentOptions::Delivery::kImage;
  agent.image = "i";
  const Injection before = Uninject("input", text);
  const Injection done = Inject("input", text, agent);
  if (!done.errors.empty() || !before.errors.empty()) return 0;
  const Injection again = Inject("input", done.text, agent);
  if (!again.errors.empty() || again.text != done.text) std::abort();
  const Injection undone = Uninject("input", done.text);
  if (!undone.errors.empty() || undone.text != before.text) std::abort();
  (void)UnifiedDiff("a", text, "b", done.text);
  if (WithoutConfigMaps(WithConfigMaps(before.text, {{{"a", 1}}})) != before.text) std::abort();
  return 0;
}
