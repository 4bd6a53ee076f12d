#include "kubectl-ray/operator/operator_status.h"

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

shared::Result<int> Run(const std::string& output, CommandContext& context) {
  if (!output.empty() && output != "json" && output != "yaml")
    return shared::Fail(shared::ErrorCode::kUsage,
                        "cannot print a status as \"" + shared::EscapeControl(output) + "\"",
                        "Use -o json or -o yaml.");
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const OperatorFacts facts, GatherOperator(*kube, ns));
  const OperatorReport status = DiagnoseOperator(facts);
  if (output == "json")
    context.io.out << shared::DumpJson(OperatorStatusToJson(status), 4) << '\n';
  else
    context.io.out << (output == "yaml" ? DumpYaml(OperatorStatusToJson(status))
                                        : RenderOperatorStatus(status));
  return status.problems.empty() && status.not_seen.empty() ? kExitOk : kExitFailure;
}

}  // namespace

void OperatorStatus(Leaf& leaf) {
  auto& output = leaf.Flags<std::string>();
  leaf.Flag("-o,--output", &output, "json, yaml");
  leaf.Note(
      "The release of the definitions is read from their fields, since KubeRay writes no version into them. "
      "The exit "
      "code is 0 only if all is well.");
  leaf.Example("The operator, its gates and errors, its definitions, and whether they fit",
               "kubectl ray operator status");
  leaf.Run([&output](CommandContext& context) { return Run(output, context); });
}

}  // namespace kubectl_ray
