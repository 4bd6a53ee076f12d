#include "kubectl-ray/commands/ports_flag.h"

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr const char* kFixed = "fixed";  // the preset

}  // namespace

void AddPortsFlag(Leaf& leaf, std::string* ports) {
  const CLI::Option* option = leaf.Flag(
      "--ports", ports,
      "Give every port of head and workers a number: fixed, for Ray's own and 7001 to 7004, or a YAML file "
      "with other ones; -: stdin");
  leaf.CompleteFilesOr(option, {kFixed});
}

shared::Result<std::optional<PortPlan>> ReadPortsFlag(const std::string& ports, CommandContext& context) {
  if (ports.empty()) return std::optional<PortPlan>();
  if (ports == kFixed) return std::optional(PortPlan());
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(ports, context.io.in));
  ASSIGN_OR_RETURN(const PortPlan plan, ParsePortPlan(ports, text));
  return std::optional(plan);
}

shared::Status FixPortsByFlag(const std::string& ports, CommandContext& context, ClusterSpec* spec) {
  ASSIGN_OR_RETURN(const std::optional<PortPlan> plan, ReadPortsFlag(ports, context));
  return plan ? FixPorts(*plan, spec) : shared::Ok();
}

void WarnOfMissedGcs(const Json& ray_cluster, Streams& io) {
  if (const std::string missed = AutoscalerMissesGcs(ray_cluster); !missed.empty())
    io.err << "warning: " << shared::EscapeControl(missed) << '\n' << std::flush;
}

}  // namespace kubectl_ray
