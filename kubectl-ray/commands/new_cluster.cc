#include "kubectl-ray/commands/new_cluster.h"

#include "kubectl-ray/apply/operator_rules.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "kubectl-ray/manifests/agent_config_map.h"
#include "kubectl-ray/manifests/cluster_config.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

shared::Result<ClusterSpec> SpecOfNew(const ClusterFlags& flags, const std::string& file,
                                      const std::string& name, const std::vector<std::string>& given,
                                      CommandContext& context) {
  ASSIGN_OR_RETURN(ClusterSpec spec, SpecFromFlags(flags, context.environment));
  if (file.empty()) {
    spec.name = name;
    ASSIGN_OR_RETURN(spec.ns, context.Namespace());
    return spec;
  }
  if (!given.empty()) {
    std::string listed;
    for (const std::string& flag : given) listed += (listed.empty() ? "" : " ") + flag;
    return Fail(ErrorCode::kUsage, "the following flags are incompatible with --file: [" + listed + "]",
                "Write their values into the file.");
  }
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(file, context.io.in));
  ASSIGN_OR_RETURN(spec, ParseClusterConfig(file, text, std::move(spec)));
  if (!spec.name.empty() && !name.empty() && spec.name != name)
    return Fail(ErrorCode::kUsage, "the cluster name in the config file \"" + spec.name +
                                       "\" does not match the cluster name \"" + name +
                                       "\". You must use the same name to perform this operation");
  if (!name.empty()) spec.name = name;
  const std::string& given_ns = context.global.kubeconfig.ns;
  if (!spec.ns.empty() && !given_ns.empty() && spec.ns != given_ns)
    return Fail(ErrorCode::kUsage,
                "the namespace in the config file \"" + spec.ns + "\" does not match the namespace \"" +
                    given_ns + "\". You must pass --namespace=" + spec.ns + " to perform this operation");
  if (spec.ns.empty()) {
    ASSIGN_OR_RETURN(spec.ns, context.Namespace());
  }
  return spec;
}

shared::Result<const KubeClient*> ServerOf(CommandContext& context, const Kind& kind,
                                           const std::string& dry_run) {
  const shared::Result<const KubeClient*> kube = context.Kube();
  const shared::Result<bool> served =
      kube ? (*kube)->Serves(kind.resource) : shared::Result<bool>(shared::Unexpected(kube.error()));
  if (served && *served) return *kube;
  if (served && dry_run != "client") return NotServed(kind);
  if (dry_run != "client") return shared::Unexpected(served.error());
  context.io.err << "note: no API server that serves " << kind.resource.kind
                 << "s could be asked; this is for one that does\n";
  return nullptr;
}

shared::Status CheckNewObject(const Json& object, std::ostream& err) {
  for (const BrokenRule& rule : BrokenRules(object)) {
    if (rule.gate.empty())
      return Fail(ErrorCode::kUsage,
                  "cannot create " + shared::StringAt(object, {"kind"}) + " \"" +
                      shared::StringAt(object, {"metadata", "name"}) + "\": its " + rule.field + " " +
                      rule.cause,
                  rule.remedy);
    err << "warning: " << shared::EscapeControl(rule.field + " " + rule.cause)
        << ", which the operator refuses unless its gate " << rule.gate << " is on\n";
  }
  return shared::Ok();
}

void AddPrintNewFlags(Leaf& leaf, std::string* dry_run, std::string* output) {
  AddPrintMadeFlags(
      leaf,
      "Print what would be sent instead of creating it, with the agent's ConfigMap (but not on a terminal), "
      "for `kubectl apply --server-side -f -`; =server: the API server judges all of it, storing nothing",
      dry_run, output);
}

void PrintNew(const ClusterSpec& spec, std::vector<Json> objects, const std::string& output,
              const std::string& dry_run, CommandContext& context) {
  const bool names = output == "name";
  if (spec.agent.delivery == AgentOptions::Delivery::kConfigMap) {
    for (const AgentArchive& agent : EmbeddedAgents()) {
      if (names || !context.io.out_is_terminal) {
        objects.push_back(AgentConfigMap(agent, spec.ns));
      } else {
        context.io.err << "note: the ConfigMap " << AgentConfigMapName(agent)
                       << " would be sent too; a file or pipe gets it\n";
      }
    }
    if (!names && dry_run == "client")
      context.io.err << "note: the agent's ConfigMap is too large for a plain `kubectl apply`; "
                        "`kubectl apply --server-side -f -` takes it\n";
  }
  PrintObjects(context.io, output, std::move(objects));
}

}  // namespace kubectl_ray
