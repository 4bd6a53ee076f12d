#include "kubectl-ray/autoscaler/idle_nodes.h"

#include <algorithm>
#include <map>

#include "kubectl-ray/kinds/labels.h"
#include "shared/duration.h"
#include "shared/split.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

constexpr std::int64_t kIdleTimeout = 60;  // KubeRay's default of idleTimeoutSeconds

// Lines as in a report's usage: "0.0/1.0 CPU".
bool UsesNothing(const std::string& usage) {
  const auto lines = shared::Split(usage, '\n');
  return !usage.empty() && std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    if (line.find("reserved in placement groups") != line.npos) return false;
    return line.empty() || line.starts_with("0.0/") || line.starts_with("0/") || line.starts_with("0B/");
  });
}

bool UsesNothing(const GcsNode& node) {
  return std::all_of(node.total.begin(), node.total.end(), [&](const auto& resource) {
    const auto available = node.available.find(resource.first);
    const double left = available == node.available.end() ? 0 : available->second;
    return left + kResourceRounding >= resource.second;
  });
}

// A node's pod and group, by its address or, as the autoscaler's pods have it, by its instance's name.
std::pair<std::string, std::string> PodOf(const std::string& address, const std::string& instance,
                                          const std::vector<Json>& pods) {
  for (const Json& pod : pods) {
    const std::string name = StringAt(pod, {"metadata", "name"});
    if ((!address.empty() && StringAt(pod, {"status", "podIP"}) == address) ||
        (!instance.empty() && name == instance))
      return {name, StringAt(pod, {"metadata", "labels", kGroupLabel})};
  }
  return {instance.empty() ? address : instance, ""};
}

std::pair<std::string, std::string> PodOf(const GcsNode& node, const std::vector<Json>& pods) {
  auto found = PodOf(node.address, node.instance_id, pods);
  if (found.second.empty()) found.second = node.group;
  return found;
}

bool IsWorker(const GcsNode& node, const std::string& group) {
  return !node.head && !node.draining && group != kHeadGroupName;
}

void SortLongestFirst(std::vector<IdleNode>* idle) {
  std::sort(idle->begin(), idle->end(), [](const IdleNode& a, const IdleNode& b) {
    return std::pair(b.idle_seconds, a.pod) < std::pair(a.idle_seconds, b.pod);
  });
}

std::string Sentences(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all;
}

// A number of a spec, which nobody but KubeRay has checked.
std::int64_t Bounded(std::int64_t number) { return std::clamp<std::int64_t>(number, 0, 1'000'000'000); }

std::int64_t AutoscalerTimeout(const Json& ray_cluster) {
  return Bounded(IntAt(ray_cluster, {"spec", "autoscalerOptions", "idleTimeoutSeconds"}, kIdleTimeout));
}

std::map<std::string, std::int64_t> GroupTimeouts(const Json& ray_cluster) {
  std::map<std::string, std::int64_t> timeouts;
  const Json& specs = At(ray_cluster, {"spec", "workerGroupSpecs"});
  if (!specs.is_array()) return timeouts;
  for (const Json& spec : specs)
    if (At(spec, {"idleTimeoutSeconds"}).is_number_integer())
      timeouts[StringAt(spec, {"groupName"})] = Bounded(IntAt(spec, {"idleTimeoutSeconds"}));
  return timeouts;
}

std::string InSeconds(std::int64_t seconds) { return shared::FormatSeconds(std::chrono::seconds(seconds)); }

}  // namespace

std::vector<IdleNode> IdleNodesOf(const GcsStatus& gcs, const std::vector<Json>& pods) {
  std::vector<IdleNode> idle;
  for (const GcsNode& node : gcs.nodes) {
    if (!node.idle_ms) continue;
    auto [pod, group] = PodOf(node, pods);
    if (IsWorker(node, group)) idle.push_back({std::move(pod), std::move(group), *node.idle_ms / 1000});
  }
  SortLongestFirst(&idle);
  return idle;
}

// v1 keys what nodes use by their address, v2 by their id.
std::vector<IdleNode> IdleNodesOf(const Json& node_summary, const std::vector<Json>& pods) {
  std::vector<IdleNode> idle;
  const Json& nodes = At(node_summary, {"data", "summary"});
  const Json& usage = At(node_summary, {"data", "nodeLogicalResources"});
  if (!nodes.is_array()) return idle;
  for (const Json& node : nodes) {
    const Json& raylet = At(node, {"raylet"});
    if (StringAt(raylet, {"state"}) != "ALIVE" || BoolAt(raylet, {"isHeadNode"})) continue;
    const std::string address = StringAt(raylet, {"nodeManagerAddress"});
    const std::string by_id = StringAt(usage, {StringAt(raylet, {"nodeId"})});
    if (!UsesNothing(by_id.empty() ? StringAt(usage, {address}) : by_id)) continue;
    auto [pod, group] = PodOf(address, "", pods);
    if (group != kHeadGroupName) idle.push_back({std::move(pod), std::move(group), {}});
  }
  SortLongestFirst(&idle);
  return idle;
}

std::vector<HeldNode> HeldNodesOf(const GcsStatus& gcs, const std::vector<Json>& pods) {
  std::vector<HeldNode> held;
  for (const GcsNode& node : gcs.nodes) {
    if (node.idle_ms || node.activity.empty() || !UsesNothing(node)) continue;
    auto [pod, group] = PodOf(node, pods);
    if (IsWorker(node, group)) held.push_back({std::move(pod), std::move(group), Sentences(node.activity)});
  }
  std::sort(held.begin(), held.end(), [](const HeldNode& a, const HeldNode& b) { return a.pod < b.pod; });
  return held;
}

void AddFates(const Json& ray_cluster, const std::vector<ScalingGroup>& groups, std::vector<IdleNode>* idle) {
  const std::int64_t timeout = AutoscalerTimeout(ray_cluster);
  const std::map<std::string, std::int64_t> of_groups = GroupTimeouts(ray_cluster);
  std::map<std::string, std::int64_t> may_go;
  for (const ScalingGroup& group : groups) may_go[group.name] = Bounded(group.replicas) - Bounded(group.min);
  for (IdleNode& node : *idle) {
    const auto own = of_groups.find(node.group);
    node.timeout_seconds = own == of_groups.end() ? timeout : own->second;
    const auto left = may_go.find(node.group);
    node.kept = left != may_go.end() && left->second-- <= 0;
  }
}

std::string ToString(const IdleNode& node, bool autoscaled) {
  std::string text = node.idle_seconds ? "idle for " + InSeconds(*node.idle_seconds) : "";
  if (!autoscaled) return text;
  if (!text.empty()) text += ", ";
  if (node.kept) return text + "stays: its group has minReplicas";
  if (!node.idle_seconds) return text + "goes after " + std::to_string(node.timeout_seconds) + "s of that";
  if (*node.idle_seconds < node.timeout_seconds)
    return text + "goes in " + InSeconds(node.timeout_seconds - *node.idle_seconds);
  return text + "past its " + InSeconds(node.timeout_seconds) + ": goes, unless what waits or " +
         "request_resources() needs it";
}

}  // namespace kubectl_ray
