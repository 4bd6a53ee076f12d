// The operator's objects in the API server, and its log, as `operator` reads them.
#include <cstdlib>

#include "kubectl-ray/operator/change.h"
#include "kubectl-ray/operator/operator_status.h"
#include "kubectl-ray/operator/preflight.h"
#include "kubectl-ray/operator/schema.h"

using namespace kubectl_ray;

namespace {

void CheckEscaped(const std::string& text) {
  for (const char c : text)
    if (c == '\033') std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (ErrorsInLog(text).size() > kMostOperatorErrors) std::abort();
  const auto objects = shared::ParseJson(text);
  if (!objects) return 0;
  OperatorFacts facts;
  for (const Json& deployment : shared::At(*objects, {"operators"}))
    facts.operators.push_back({deployment, {{"pod"}, ErrorsInLog(text), true}});
  for (const Json& definition : shared::At(*objects, {"definitions"}))
    facts.definitions.push_back(definition);
  CheckEscaped(RenderOperatorStatus(DiagnoseOperator(facts)));
  PreflightInput input;
  input.target = &OperatorReleases().back();
  input.live_definitions = input.definitions = facts.definitions;
  const Json& before = shared::At(*objects, {"before"});
  const Json& after = shared::At(*objects, {"after"});
  input.deployment = after;
  AddToPreflight(before, &input);
  (void)Preflight(input);
  const std::vector<ObjectChange> changes = {DescribeChange(before, after)};
  CheckEscaped(RenderPlan(changes, {}) + ForeignObjects(changes));
  for (const Json& definition : facts.definitions) (void)CompareDefinitions(definition, before);
  return 0;
}
