#include "kubectl-ray/operator/operator_status.h"

#include <algorithm>

#include "kubectl-ray/operator/apply.h"
#include "kubectl-ray/operator/flags.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/operator/manifests.h"
#include "kubectl-ray/operator/schema.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Result;
using shared::StringAt;

OperatorState StateOf(const OperatorFacts::Installed& installed) {
  const Json& deployment = installed.deployment;
  OperatorState state;
  state.ns = StringAt(deployment, {"metadata", "namespace"});
  state.name = StringAt(deployment, {"metadata", "name"});
  state.version = OperatorVersionOf(deployment);
  const Json& container = OperatorContainer(deployment);
  state.image = StringAt(container, {"image"});
  state.ready = IsRolledOut(deployment) && shared::IntAt(deployment, {"spec", "replicas"}, 1) > 0;
  state.owner = OwnerOf(deployment);
  state.watched = WatchedNamespaces(deployment);
  if (const auto gates = OperatorFlag(At(container, {"args"}), "feature-gates"))
    state.gates = ParseFeatureGates(*gates);
  state.errors = installed.errors.pods;
  state.errors.insert(state.errors.end(), installed.errors.log.begin(), installed.errors.log.end());
  return state;
}

DefinitionState StateOf(const Json& definition) {
  DefinitionState state;
  state.name = StringAt(definition, {"metadata", "name"});
  state.release = ReleaseOfDefinition(definition);
  state.owner = OwnerOf(definition);
  for (const Json& version : At(definition, {"status", "storedVersions"}))
    if (version.is_string()) state.stored_versions.push_back(version.get<std::string>());
  return state;
}

// The release by whose fields an operator of this version is known: the newest mark that is not newer, since
// later patches have equal definitions. 1.5.0 and 1.5.1 alone differ.
std::vector<int> MarkOf(const std::vector<int>& version) {
  if (version >= std::vector{1, 5, 1} && version < std::vector{1, 6}) return {1, 5, 1};
  return version.size() < 2 ? version : std::vector{version[0], version[1]};
}

// An operator against the definitions.
void CompareReleases(const OperatorState& one, const std::vector<DefinitionState>& definitions,
                     std::vector<std::string>* problems) {
  const std::vector<int> mark = MarkOf(VersionNumbers(one.version));
  std::vector<std::string> older, newer;
  for (const DefinitionState& definition : definitions) {
    const std::vector<int> release = VersionNumbers(definition.release);
    if (mark.size() < 2 || definition.release.empty()) continue;
    // One that the operator's release does not have stays after a way back, and does no harm.
    if (definition.name == "raycronjobs.ray.io" && mark < std::vector{1, 6}) continue;
    if (release < mark)
      older.push_back(definition.name + " (" + definition.release + ")");
    else if (release > mark)
      newer.push_back(definition.name + " (" + definition.release + ")");
  }
  if (!older.empty())
    problems->push_back("definitions are older than the operator " + one.version + ": " +
                        shared::Joined(older) +
                        "; the API server drops fields that only the operator knows. `kubectl ray operator "
                        "upgrade` brings them up.");
  if (!newer.empty())
    problems->push_back("definitions are newer than the operator " + one.version + ": " +
                        shared::Joined(newer) +
                        "; it ignores their new fields. `kubectl ray operator upgrade` brings it up.");
}

void CheckOperator(const OperatorState& one, std::vector<std::string>* problems) {
  const std::string name = "deployment/" + one.name + " in namespace \"" + one.ns + "\"";
  if (!one.ready) problems->push_back(name + " is not ready.");
  const auto release = FindOperatorRelease(one.version);
  if (one.version.empty() || !release) return;
  for (const auto& [gate, on] : one.gates)
    if (gate != "AllAlpha" && gate != "AllBeta" &&
        std::none_of((*release)->gates.begin(), (*release)->gates.end(),
                     [&gate = gate](const FeatureGate& known) { return known.name == gate; }))
      problems->push_back("KubeRay " + one.version + " exits on the feature gate " + gate +
                          ", which it does not know: take it out of the flags of " + name + ".");
}

bool Overlap(const OperatorState& a, const OperatorState& b) {
  if (a.watched.empty() || b.watched.empty()) return true;
  return std::any_of(a.watched.begin(), a.watched.end(), [&b](const std::string& ns) {
    return std::find(b.watched.begin(), b.watched.end(), ns) != b.watched.end();
  });
}

void CheckDefinitions(const OperatorReport& status, std::vector<std::string>* problems) {
  std::vector<std::string> missing = {"rayclusters.ray.io", "rayjobs.ray.io", "rayservices.ray.io"};
  for (const DefinitionState& definition : status.definitions) {
    std::erase(missing, definition.name);
    for (const std::string& version : definition.stored_versions)
      if (version == "v1alpha1")
        problems->push_back(definition.name +
                            " has objects stored as v1alpha1, which KubeRay has deprecated.");
  }
  if (!missing.empty())
    problems->push_back("there is no definition of " + shared::Joined(missing) +
                        ". `kubectl ray operator install` makes it.");
}

std::string Gates(const OperatorState& one) {
  std::string text;
  for (const auto& [name, on] : one.gates)
    text += (text.empty() ? "" : ", ") + name + (on ? "=true" : "=false");
  return text.empty() ? "as KubeRay's defaults" : text;
}

Json Texts(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

// A refusal is a fact, too; other errors end it.
shared::Status Note(const shared::Error& error, OperatorFacts* facts) {
  if (error.code != ErrorCode::kAuth) return shared::Unexpected(error);
  facts->not_seen.push_back(error.message);
  return shared::Ok();
}

}  // namespace

Result<OperatorFacts> GatherOperator(const KubeClient& kube, const std::string& ns) {
  OperatorFacts facts;
  auto operators = FindOperators(kube, ns);
  if (!operators) TRY(Note(operators.error(), &facts));
  if (operators)
    for (Json& deployment : *operators) {
      OperatorErrors errors = FindOperatorErrors(kube, deployment);
      facts.operators.push_back({std::move(deployment), std::move(errors)});
    }
  auto definitions = FindDefinitions(kube);
  if (!definitions) TRY(Note(definitions.error(), &facts));
  if (definitions) facts.definitions = *std::move(definitions);
  return facts;
}

OperatorReport DiagnoseOperator(const OperatorFacts& facts) {
  OperatorReport status;
  status.not_seen = facts.not_seen;
  for (const auto& installed : facts.operators) status.operators.push_back(StateOf(installed));
  for (const Json& definition : facts.definitions) status.definitions.push_back(StateOf(definition));
  std::vector<std::string>& problems = status.problems;
  if (status.operators.empty() && status.not_seen.empty())
    problems.push_back("there is no operator. `kubectl ray operator install` installs it.");
  if (status.not_seen.empty()) CheckDefinitions(status, &problems);
  for (std::size_t i = 0; i < status.operators.size(); ++i) {
    const OperatorState& one = status.operators[i];
    CheckOperator(one, &problems);
    CompareReleases(one, status.definitions, &problems);
    for (std::size_t other = 0; other < i; ++other)
      if (Overlap(one, status.operators[other]))
        problems.push_back("the operators in the namespaces \"" + status.operators[other].ns + "\" and \"" +
                           one.ns + "\" look after the same objects. Remove one of them.");
  }
  return status;
}

std::string RenderOperatorStatus(const OperatorReport& status) {
  std::string text;
  for (const OperatorState& one : status.operators) {
    text += "Operator " + one.version + " in namespace " + one.ns + ": " +
            (one.ready ? "ready" : "not ready") + "\n";
    text += "  Deployment:  " + one.name + "\n  Image:       " + one.image + "\n";
    text += "  Looks after: " + (one.watched.empty() ? "all namespaces" : shared::Joined(one.watched)) + "\n";
    text += "  Gates:       " + Gates(one) + "\n  Owner:       " + one.owner.ToText() + "\n";
    for (const std::string& error : one.errors) text += "  Error:       " + error + "\n";
  }
  if (!status.definitions.empty()) text += "Definitions:\n";
  for (const DefinitionState& definition : status.definitions)
    text += "  " + definition.name + ": KubeRay " + definition.release + ", stored as " +
            shared::Joined(definition.stored_versions) + ", owner: " + definition.owner.ToText() + "\n";
  for (const std::string& refusal : status.not_seen) text += "Not looked at: " + refusal + "\n";
  for (const std::string& problem : status.problems) text += "Problem: " + problem + "\n";
  return shared::EscapeControl(text);
}

Json OperatorStatusToJson(const OperatorReport& status) {
  Json json = {{"well", status.problems.empty() && status.not_seen.empty()},
               {"operators", Json::array()},
               {"definitions", Json::array()}};
  for (const OperatorState& one : status.operators) {
    Json gates = Json::object();
    for (const auto& [name, on] : one.gates) gates[name] = on;
    json["operators"].push_back({{"namespace", one.ns},
                                 {"name", one.name},
                                 {"version", one.version},
                                 {"image", one.image},
                                 {"ready", one.ready},
                                 {"owner", one.owner.ToText()},
                                 {"watchedNamespaces", Texts(one.watched)},
                                 {"featureGates", std::move(gates)},
                                 {"errors", Texts(one.errors)}});
  }
  for (const DefinitionState& definition : status.definitions)
    json["definitions"].push_back({{"name", definition.name},
                                   {"release", definition.release},
                                   {"owner", definition.owner.ToText()},
                                   {"storedVersions", Texts(definition.stored_versions)}});
  json["problems"] = Texts(status.problems);
  json["notSeen"] = Texts(status.not_seen);
  return json;
}

}  // namespace kubectl_ray
