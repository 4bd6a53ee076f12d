#include "kubectl-ray/operator/preflight.h"

#include <algorithm>

#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/flags.h"
#include "kubectl-ray/operator/manifests.h"
#include "kubectl-ray/operator/schema.h"
#include "shared/ray_release.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::size_t kMostNames = 5;

std::string ListOf(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNames) list += " and " + std::to_string(names.size() - kMostNames) + " more";
  return list;
}

std::string FullName(const Json& object) {
  return StringAt(object, {"metadata", "namespace"}) + "/" + StringAt(object, {"metadata", "name"});
}

const Json* DefinitionNamed(const std::vector<Json>& definitions, const std::string& name) {
  const auto found = std::find_if(definitions.begin(), definitions.end(), [&](const Json& definition) {
    return StringAt(definition, {"metadata", "name"}) == name;
  });
  return found == definitions.end() ? nullptr : &*found;
}

void CheckGates(const PreflightInput& input, std::vector<PreflightFinding>* findings) {
  const auto flag = OperatorFlag(At(OperatorContainer(input.deployment), {"args"}), "feature-gates");
  if (!flag) return;
  std::vector<std::string> known, unknown;
  std::string others;
  for (const FeatureGate& gate : input.target->gates) known.push_back(gate.name);
  for (const auto& [name, on] : ParseFeatureGates(*flag)) {
    if (std::find(known.begin(), known.end(), name) == known.end() && name != "AllAlpha" && name != "AllBeta")
      unknown.push_back(name);
    else
      others += (others.empty() ? "" : ",") + name + (on ? "=true" : "=false");
  }
  if (unknown.empty()) return;
  if (others.empty()) others = "RayClusterStatusConditions=true";
  findings->push_back({true,
                       "KubeRay " + input.target->version +
                           " exits on feature gates that it does not know: " + ListOf(unknown),
                       "Leave them out: `--feature-gates " + others + "`."});
}

void CheckStored(const PreflightInput& input, std::vector<PreflightFinding>* findings) {
  for (const Json& live : input.live_definitions) {
    const std::string name = StringAt(live, {"metadata", "name"});
    const Json* next = DefinitionNamed(input.definitions, name);
    if (next == nullptr) continue;
    for (const Json& stored : At(live, {"status", "storedVersions"})) {
      const Json& versions = At(*next, {"spec", "versions"});
      const bool there = std::any_of(versions.begin(), versions.end(),
                                     [&](const Json& version) { return At(version, {"name"}) == stored; });
      if (there && stored != "v1alpha1") continue;
      const std::string version = stored.is_string() ? stored.get<std::string>() : "";
      findings->push_back({!there, name + " has objects that are stored as " + version,
                           "Write each of them once (`kubectl get " + name.substr(0, name.find('.')) +
                               " -A -o yaml | kubectl replace -f -`), then take " + version +
                               " out of the definition's status.storedVersions."});
    }
  }
}

void CheckObjects(const PreflightInput& input, std::vector<PreflightFinding>* findings) {
  for (const auto& [field, objects] : input.lost_fields)
    findings->push_back({false,
                         "KubeRay " + input.target->version + " does not know " + field +
                             ", which is lost at the next write of " + ListOf(objects),
                         ""});
  if (!input.services.empty())
    findings->push_back(
        {false,
         "the new operator writes the specification of RayServices into their clusters, numbers of "
         "replicas included: " +
             ListOf(input.services),
         ""});
  for (const std::string& kind : input.not_seen) findings->push_back({false, "not looked at: " + kind, ""});
}

// KubeRay's documentation: with the probes that the operator gives pods since 1.1, which ask by wget,
// Ray 2.11 to 2.37 hangs.
void CheckRay(const PreflightInput& input, std::vector<PreflightFinding>* findings) {
  for (const Json& variable : At(OperatorContainer(input.deployment), {"env"}))
    if (StringAt(variable, {"name"}) == "ENABLE_PROBES_INJECTION" && StringAt(variable, {"value"}) == "false")
      return;
  for (const auto& [version, clusters] : input.ray_versions) {
    const auto release = shared::ParseRayRelease(version);
    if (!release || *release < shared::RayRelease{2, 11} || *release > shared::RayRelease{2, 37}) continue;
    findings->push_back(
        {false, "new pods of Ray " + version + " may hang under KubeRay's probes: " + ListOf(clusters),
         "Move them to Ray 2.38 or newer, or set ENABLE_PROBES_INJECTION=false in the operator's "
         "environment."});
  }
}

}  // namespace

std::vector<PreflightFinding> Preflight(const PreflightInput& input) {
  std::vector<PreflightFinding> findings;
  CheckGates(input, &findings);
  if (input.replaces_definitions) CheckStored(input, &findings);
  CheckObjects(input, &findings);
  CheckRay(input, &findings);
  return findings;
}

void AddToPreflight(const Json& object, PreflightInput* input) {
  const std::string kind = StringAt(object, {"kind"});
  if (kind == kRayServices.kind) input->services.push_back(FullName(object));
  if (kind == kRayClusters.kind)
    if (std::string version = StringAt(object, {"spec", "rayVersion"}); !version.empty())
      input->ray_versions[std::move(version)].push_back(FullName(object));
  if (!input->replaces_definitions) return;
  for (const Json& definition : input->definitions)
    if (StringAt(definition, {"spec", "names", "kind"}) == kind)
      for (const std::string& field : UnknownFields(object, definition))
        input->lost_fields[kind + "'s " + field].push_back(FullName(object));
}

}  // namespace kubectl_ray
