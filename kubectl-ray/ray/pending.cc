#include "kubectl-ray/ray/pending.h"

#include <algorithm>
#include <vector>

#include "kubectl-ray/ray/autoscaler_report.h"
#include "kubectl-ray/ray/resource_shape.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

struct Need {
  std::string resource;
  double amount = 0;
};

double NumberAt(const Json& value, std::string_view name) {
  const Json& number = At(value, {name});
  return number.is_number() ? number.get<double>() : 0;
}

std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return text;
}

std::vector<Need> NeedsOf(const Json& actor) {
  std::vector<Need> needs;
  const Json& required = At(actor, {"required_resources"});
  if (!required.is_object()) return needs;
  for (const auto& [resource, amount] : required.items())
    if (amount.is_number() && amount.get<double>() > 0) needs.push_back({resource, amount.get<double>()});
  return needs;
}

bool Has(const Json& node, const Need& need) {
  return NumberAt(At(node, {"resources_total"}), need.resource) + kResourceRounding >= need.amount;
}

std::vector<const Json*> AliveNodes(const Json& nodes) {
  std::vector<const Json*> alive;
  if (!nodes.is_array()) return alive;
  for (const Json& node : nodes)
    if (StringAt(node, {"state"}) == "ALIVE" && At(node, {"resources_total"}).is_object())
      alive.push_back(&node);
  return alive;
}

// Returns "GPU: 4 (the most that one has is 1)" and the like.
std::string Lacking(const Need& need, const std::vector<const Json*>& nodes) {
  double most = 0;
  for (const Json* node : nodes)
    most = std::max(most, NumberAt(At(*node, {"resources_total"}), need.resource));
  return need.resource + ": " + FormatAmountOf(need.resource, need.amount) +
         (most > 0 ? " (the most that one has is " + FormatAmountOf(need.resource, most) + ")" : "");
}

std::string NobodyHas(const std::vector<Need>& needs, const std::vector<const Json*>& nodes) {
  std::vector<std::string> lacking, all;
  for (const Need& need : needs) {
    const auto has = [&](const Json* node) { return Has(*node, need); };
    if (std::none_of(nodes.begin(), nodes.end(), has)) lacking.push_back(Lacking(need, nodes));
    all.push_back(need.resource + ": " + FormatAmountOf(need.resource, need.amount));
  }
  if (!lacking.empty()) return "no node of the cluster has what its entrypoint asks for: " + Join(lacking);
  const auto has_all = [&](const Json* node) {
    return std::all_of(needs.begin(), needs.end(), [&](const Need& need) { return Has(*node, need); });
  };
  if (std::any_of(nodes.begin(), nodes.end(), has_all)) return "";
  return "no node of the cluster has at once what its entrypoint asks for: " + Join(all);
}

std::string InUse(const std::vector<Need>& needs, const Json& usage) {
  std::vector<std::string> busy;
  for (const Need& need : needs) {
    const Json& pair = At(usage, {need.resource});
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) continue;
    const double used = pair[0].get<double>(), total = pair[1].get<double>(), free = total - used;
    // The report rounds bytes to hundredths of their unit: what nobody uses is not in use.
    if (used > 0 && free + kResourceRounding < need.amount)
      busy.push_back(need.resource + ": " + FormatAmountOf(need.resource, need.amount) + " (" +
                     FormatAmountOf(need.resource, free) + " of " + FormatAmountOf(need.resource, total) +
                     " free)");
  }
  return busy.empty() ? "" : "its entrypoint waits for resources in use: " + Join(busy);
}

// Returns what has to be fetched or built before a worker can start.
std::vector<std::string> InstalledFields(const Json& runtime_env) {
  std::vector<std::string> fields;
  for (const char* field : {"pip", "uv", "conda", "working_dir", "py_modules", "container", "image_uri"})
    if (!At(runtime_env, {field}).is_null()) fields.emplace_back(field);
  return fields;
}

// Returns whether the values are the same, with the members of objects in any order.
bool Same(const Json& a, const Json& b) {
  if (a.is_array() && b.is_array()) return std::equal(a.begin(), a.end(), b.begin(), b.end(), Same);
  if (!a.is_object() || !b.is_object()) return a == b;
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a.items()) {
    const auto found = b.find(name);
    if (found == b.end() || !Same(value, *found)) return false;
  }
  return true;
}

std::string BeingInstalled(const Json& actor, const Json& runtime_envs) {
  const auto own = shared::ParseJson(StringAt(actor, {"serialized_runtime_env"}));
  if (!own || !runtime_envs.is_array()) return "";
  const std::vector<std::string> fields = InstalledFields(*own);
  if (fields.empty()) return "";
  for (const Json& env : runtime_envs)
    if (At(env, {"success"}).is_null() && Same(At(env, {"runtime_env"}), *own))
      return "its runtime_env is being installed (" + Join(fields) + ")";
  return "";
}

Json ToJson(const std::map<std::string, ReportedUsage>& usage) {
  Json object = Json::object();
  for (const auto& [resource, amounts] : usage) object[resource] = {amounts.used, amounts.total};
  return object;
}

// As the state API has them.
Json NodesOf(const GcsStatus& gcs) {
  Json nodes = Json::array();
  for (const GcsNode& node : gcs.nodes) {
    Json total = Json::object();
    for (const auto& [resource, amount] : node.total) total[resource] = amount;
    nodes.push_back({{"state", "ALIVE"}, {"resources_total", std::move(total)}});
  }
  return nodes;
}

// The state API wraps its lists twice.
Json ListOf(const shared::Result<Json>& answer) {
  return answer ? At(*answer, {"data", "result", "result"}) : Json();
}

}  // namespace

Json UsageOfReport(std::string_view report) { return ToJson(ReadAutoscalerReport(report).usage); }

PendingFacts AskPendingFacts(const JobsClient& client, std::string_view id, const GcsStatus* gcs) {
  PendingFacts facts;
  const Json actors =
      ListOf(client.GetPath("/api/v0/actors?detail=1&filter_keys=name&filter_predicates=%3D&filter_values=" +
                            shared::UrlEncode("_ray_internal_job_actor_" + std::string(id))));
  if (actors.is_array() && !actors.empty()) facts.actor = actors[0];
  facts.runtime_envs = ListOf(client.GetPath("/api/v0/runtime_envs?detail=1"));
  if (gcs != nullptr) {
    facts.nodes = NodesOf(*gcs);
    facts.usage = ToJson(ReportOf(*gcs, nullptr, 0).usage);
    return facts;
  }
  facts.nodes = ListOf(client.GetPath("/api/v0/nodes?detail=1"));
  if (auto status = client.GetPath("/api/cluster_status?format=1")) {
    facts.report = *std::move(status);
    facts.usage = UsageOfReport(StringAt(facts.report, {"data", "clusterStatus"}));
  }
  return facts;
}

ResourceShape EntrypointNeeds(const PendingFacts& facts) {
  ResourceShape shape;
  for (const Need& need : NeedsOf(facts.actor)) shape[need.resource] = need.amount;
  return shape;
}

std::string WhyNoNode(const PendingFacts& facts) {
  const std::vector<Need> needs = NeedsOf(facts.actor);
  const std::vector<const Json*> nodes = AliveNodes(facts.nodes);
  if (needs.empty() || nodes.empty()) return "";
  const std::string why = NobodyHas(needs, nodes);
  return why.empty() ? InUse(needs, facts.usage) : why;
}

std::string WhyPending(const PendingFacts& facts) {
  const std::string why = WhyNoNode(facts);
  return why.empty() ? BeingInstalled(facts.actor, facts.runtime_envs) : why;
}

}  // namespace kubectl_ray
