// What a dashboard says of Ray Serve, as it is shown and put together with a Serve config.
#include <cstdlib>

#include "kubectl-ray/services/serve_config.h"
#include "kubectl-ray/services/serve_plan.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

void CheckForTerminal(const std::string& text) {
  for (const char c : text)
    if (c == '\033') std::abort();
}

void Try(const shared::Result<ServePlan>& plan) {
  if (!plan) return;
  CheckForTerminal(RenderServeChanges(plan->changes));
  if (!plan->body.is_object() || !shared::At(plan->body, {"applications"}).is_array()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto input = shared::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!input) return 0;
  const auto instance = ParseServeInstance(shared::At(*input, {"answer"}));
  if (!instance) return 0;
  std::vector<std::string> names;
  for (const Json& name : shared::At(*input, {"names"}))
    if (name.is_string()) names.push_back(name.get<std::string>());
  const ServeVerdict verdict = JudgeServe(*instance, names);
  CheckForTerminal(RenderServe(*instance, verdict, "cluster \"demo\""));
  for (const std::string& line : DescribeRoutes(*instance, "http://localhost:8000")) CheckForTerminal(line);
  (void)ServeToJson(*instance, verdict);
  Try(PlanServeWithout(*instance, names));
  const Json& config = shared::At(*input, {"config"});
  if (!CheckServeConfig(config)) return 0;
  Try(PlanServe(*instance, config, false));
  Try(PlanServe(*instance, config, true));
  return 0;
}
