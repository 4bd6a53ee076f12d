#include "kubectl-ray/autoscaler/scaling_view.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kubectl-ray/kinds/labels.h"
#include "shared/duration.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

constexpr std::int64_t kIdleTimeout = 60;  // KubeRay's default of idleTimeoutSeconds
constexpr std::size_t kShown = 50;         // demands, and idle nodes, in a text

// Lines as in a report's usage: "0.0/1.0 CPU".
bool UsesNothing(const std::string& usage) {
  const auto lines = shared::Split(usage, '\n');
  return !usage.empty() && std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    if (line.find("reserved in placement groups") != line.npos) return false;
    return line.empty() || line.starts_with("0.0/") || line.starts_with("0/") || line.starts_with("0B/");
  });
}

IdleNode IdleNodeAt(const std::string& address, const std::vector<Json>& pods) {
  for (const Json& pod : pods)
    if (!address.empty() && StringAt(pod, {"status", "podIP"}) == address)
      return {StringAt(pod, {"metadata", "name"}), StringAt(pod, {"metadata", "labels", kGroupLabel})};
  return {address, ""};
}

// v1 keys what nodes use by their address, v2 by their id.
std::vector<IdleNode> IdleNodes(const Json& summary, const std::vector<Json>& pods) {
  std::vector<IdleNode> idle;
  const Json& nodes = At(summary, {"data", "summary"});
  const Json& usage = At(summary, {"data", "nodeLogicalResources"});
  if (!nodes.is_array()) return idle;
  for (const Json& node : nodes) {
    const Json& raylet = At(node, {"raylet"});
    if (StringAt(raylet, {"state"}) != "ALIVE" || BoolAt(raylet, {"isHeadNode"})) continue;
    const std::string address = StringAt(raylet, {"nodeManagerAddress"});
    const std::string by_id = StringAt(usage, {StringAt(raylet, {"nodeId"})});
    if (!UsesNothing(by_id.empty() ? StringAt(usage, {address}) : by_id)) continue;
    IdleNode found = IdleNodeAt(address, pods);
    if (found.group != kHeadGroupName) idle.push_back(std::move(found));
  }
  std::sort(idle.begin(), idle.end(), [](const IdleNode& a, const IdleNode& b) { return a.pod < b.pod; });
  return idle;
}

std::optional<std::int64_t> AgeOfReport(const ScalingInput& input, const ScalingView& view) {
  const Json& time = At(input.v1_state, {"data", "clusterStatus", "time"});
  if (time.is_number() && time.get<double>() > 0 && time.get<double>() < 1e11)
    return std::max<std::int64_t>(
        0, input.now.time_since_epoch().count() - static_cast<std::int64_t>(time.get<double>()));
  // v2: the dashboard asked the GCS for it when it was asked.
  if (view.version == "v2") return 0;
  return std::nullopt;
}

std::string VersionOf(const ScalingInput& input, bool has_report) {
  if (At(input.v1_state, {"data", "clusterStatus"}).is_object()) return "v1";
  return has_report ? "v2" : StringAt(input.ray_cluster, {"spec", "autoscalerOptions", "version"});
}

std::string Pad(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string MaxOf(const ScalingGroup& group) {
  return group.max >= std::numeric_limits<std::int32_t>::max() ? "none" : std::to_string(group.max);
}

std::string GroupTable(const ScalingView& view) {
  using Row = std::array<std::string, 7>;
  std::vector<Row> rows = {{"GROUP", "MIN", "REPLICAS", "MAX", "READY", "IDLE", "A NODE HAS"}};
  for (const ScalingGroup& group : view.groups) {
    const auto idle = std::count_if(view.idle.begin(), view.idle.end(),
                                    [&](const IdleNode& node) { return node.group == group.name; });
    rows.push_back({group.name, std::to_string(group.min), std::to_string(group.replicas), MaxOf(group),
                    std::to_string(group.ready) + "/" + std::to_string(group.wanted),
                    view.ray_failure.empty() ? std::to_string(idle) : "?", ToString(group.node)});
  }
  std::string text;
  std::array<std::size_t, 7> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += Pad(row[i], widths[i] + 3);
    text += row.back() + "\n";
  }
  return text;
}

std::string RenderDemand(const ExplainedDemand& explained) {
  std::string text = "\n" + ToString(explained.demand) + "\n";
  if (explained.groups.size() > 1) {
    text += "  could be on a node of";
    for (std::size_t i = 0; i < explained.groups.size(); ++i)
      text += (i == 0 ? " " : ", ") + explained.groups[i];
    text += "\n";
  }
  text += std::string("  ") + WaitCauseName(explained.cause) + ": " + explained.why + "\n";
  if (!explained.way_out.empty()) text += "  " + explained.way_out + "\n";
  return text;
}

std::string RenderIdle(const ScalingView& view) {
  std::string text;
  for (std::size_t i = 0; i < view.idle.size() && i < kShown; ++i) {
    const IdleNode& node = view.idle[i];
    const auto group = std::find_if(view.groups.begin(), view.groups.end(),
                                    [&](const ScalingGroup& g) { return g.name == node.group; });
    const bool kept = group != view.groups.end() && group->replicas <= group->min;
    text += "  " + node.pod;
    if (view.autoscaled)
      text += kept ? " stays: its group has minReplicas"
                   : " goes after " + std::to_string(view.idle_timeout_seconds) + "s of that";
    text += "\n";
  }
  if (view.idle.size() > kShown) text += "  and " + std::to_string(view.idle.size() - kShown) + " more\n";
  return text.empty() ? "" : "\nIdle, nothing of it in use:\n" + text;
}

std::string Headline(const ScalingView& view) {
  const auto waiting = static_cast<std::ptrdiff_t>(view.unread_demands.size()) +
                       std::count_if(view.demands.begin(), view.demands.end(),
                                     [](const auto& demand) { return demand.cause != WaitCause::kMet; });
  std::string text = view.name + " in namespace " + view.ns + ": ";
  if (!view.ray_failure.empty())
    text += "what waits is not known: " + view.ray_failure;
  else
    text += waiting == 0 ? "nothing waits for resources"
                         : std::to_string(waiting) + (waiting == 1 ? " demand waits" : " demands wait");
  text += "\n";
  text += view.autoscaled ? "Autoscaler" + (view.version.empty() ? "" : " " + view.version) : "No autoscaler";
  if (view.age_seconds)
    text +=
        *view.age_seconds == 0
            ? "; Ray's part is of now"
            : "; Ray's part is " + shared::FormatDuration(std::chrono::seconds(*view.age_seconds)) + " old";
  return text + "\n";
}

Json ShapeToJson(const ResourceShape& shape) {
  Json object = Json::object();
  for (const auto& [resource, amount] : shape) object[resource] = amount;
  return object;
}

Json DemandToJson(const ExplainedDemand& explained) {
  constexpr const char* kBy[] = {"TasksAndActors", "PlacementGroup", "RequestResources"};
  const ReportedDemand& demand = explained.demand;
  Json bundles = Json::array();
  for (const auto& [shape, count] : demand.bundles)
    bundles.push_back({{"resources", ShapeToJson(shape)}, {"count", count}});
  return {{"by", kBy[static_cast<std::size_t>(demand.by)]},
          {"bundles", bundles},
          {"strategy", demand.strategy.empty() ? Json() : Json(demand.strategy)},
          {"count", demand.count},
          {"atLeast", demand.at_least},
          {"groups", explained.groups},
          {"cause", WaitCauseName(explained.cause)},
          {"why", explained.why},
          {"wayOut", explained.way_out}};
}

Json GroupToJson(const ScalingGroup& group) {
  return {{"name", group.name},
          {"nodeResources", ShapeToJson(group.node)},
          {"minReplicas", group.min},
          {"replicas", group.replicas},
          {"maxReplicas", group.max},
          {"wantedPods", group.wanted},
          {"madePods", group.made},
          {"readyPods", group.ready},
          {"cause", WaitCauseName(group.cause)},
          {"why", group.why},
          {"wayOut", group.way_out}};
}

}  // namespace

ScalingView ReadScaling(const ScalingInput& input) {
  const AutoscalerReport report = ReadAutoscalerReport(StringAt(input.report, {"data", "clusterStatus"}));
  const ScalingFacts facts{input.ray_cluster, input.pods, report, input.refused};
  ScalingView view;
  view.name = StringAt(input.ray_cluster, {"metadata", "name"});
  view.ns = StringAt(input.ray_cluster, {"metadata", "namespace"});
  view.autoscaled = HasAutoscaler(input.ray_cluster);
  view.version = VersionOf(input, report.known);
  view.ray_failure = input.ray_failure;
  if (view.ray_failure.empty() && !report.known) view.ray_failure = "Ray has no report of it yet";
  if (view.ray_failure.empty()) view.age_seconds = AgeOfReport(input, view);
  view.groups = ScalingGroups(facts);
  view.demands = ExplainDemands(facts, view.groups);
  view.unread_demands = report.unread_demands;
  view.idle = IdleNodes(input.node_summary, input.pods);
  view.idle_timeout_seconds =
      IntAt(input.ray_cluster, {"spec", "autoscalerOptions", "idleTimeoutSeconds"}, kIdleTimeout);
  return view;
}

std::string RenderScaling(const ScalingView& view) {
  std::string text = Headline(view) + "\n" + GroupTable(view);
  for (std::size_t i = 0; i < view.demands.size() && i < kShown; ++i) text += RenderDemand(view.demands[i]);
  for (const std::string& demand : view.unread_demands) text += "\n" + demand + "\n";
  if (view.demands.size() > kShown)
    text += "\nand " + std::to_string(view.demands.size() - kShown) + " more demands\n";
  return shared::EscapeControl(text + RenderIdle(view));
}

Json ScalingToJson(const ScalingView& view) {
  Json demands = Json::array(), groups = Json::array(), idle = Json::array();
  for (const ExplainedDemand& explained : view.demands) demands.push_back(DemandToJson(explained));
  for (const ScalingGroup& group : view.groups) groups.push_back(GroupToJson(group));
  for (const IdleNode& node : view.idle) idle.push_back({{"pod", node.pod}, {"group", node.group}});
  return {{"name", view.name},
          {"namespace", view.ns},
          {"autoscaler", view.autoscaled},
          {"version", view.version.empty() ? Json() : Json(view.version)},
          {"ageSeconds", view.age_seconds ? Json(*view.age_seconds) : Json()},
          {"rayFailure", view.ray_failure.empty() ? Json() : Json(view.ray_failure)},
          {"demands", demands},
          {"unreadDemands", view.unread_demands},
          {"groups", groups},
          {"idle", idle},
          {"idleTimeoutSeconds", view.idle_timeout_seconds}};
}

}  // namespace kubectl_ray
