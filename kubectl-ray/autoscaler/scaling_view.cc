#include "kubectl-ray/autoscaler/scaling_view.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/ray/v1_state.h"
#include "shared/duration.h"
#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::size_t kShown = 50;  // demands, and idle nodes, in a text

// Since v1 has written its state.
std::optional<std::int64_t> AgeOfV1(const ScalingInput& input) {
  const Json& time = At(input.v1_state, {"time"});
  if (!time.is_number() || time.get<double>() <= 0 || time.get<double>() >= 1e11) return std::nullopt;
  return std::max<std::int64_t>(
      0, input.now.time_since_epoch().count() - static_cast<std::int64_t>(time.get<double>()));
}

std::optional<std::int64_t> AgeOfReport(const ScalingInput& input, const ScalingView& view) {
  if (input.gcs) return 0;
  if (const auto age = AgeOfV1(input)) return age;
  // v2: the dashboard asked the GCS for it when it was asked.
  if (view.version == "v2") return 0;
  return std::nullopt;
}

std::string VersionOf(const ScalingInput& input, bool has_report) {
  if (input.gcs && input.gcs->autoscaler) return "v2";
  if (input.v1_state.is_object()) return "v1";
  return has_report && !input.gcs ? "v2"
                                  : StringAt(input.ray_cluster, {"spec", "autoscalerOptions", "version"});
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

std::string Ago(std::int64_t time, SystemTime now) {
  const std::int64_t age = now.time_since_epoch().count() - time;
  if (time <= 0 || age < 0) return "";
  return ", " + shared::FormatSeconds(std::chrono::seconds(age)) + " ago";
}

std::string Nodes(std::int64_t count, const std::string& group) {
  return std::to_string(count) + (count == 1 ? " node of " : " nodes of ") + group;
}

// Ray's ids of such nodes are of no use to anybody: those of the same details are counted.
std::vector<std::string> PendingLines(const std::vector<GcsPendingNode>& pending) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const GcsPendingNode& node : pending) ++counts[{node.group, node.details}];
  std::vector<std::string> lines;
  for (const auto& [node, count] : counts)
    lines.push_back(Nodes(count, node.first) + ", without Ray yet" +
                    (node.second.empty() ? "" : ": " + node.second));
  return lines;
}

std::string LinesBelow(const std::string& heading, const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kShown; ++i) text += "  " + lines[i] + "\n";
  if (lines.size() > kShown) text += "  and " + std::to_string(lines.size() - kShown) + " more\n";
  return text.empty() ? "" : "\n" + heading + "\n" + text;
}

// What the autoscaler is at, and what failed lately.
std::string RenderAskedFor(const ScalingView& view) {
  if (!view.asked_for) return "";
  std::vector<std::string> coming, failed;
  for (const GcsLaunch& launch : view.asked_for->launches)
    coming.push_back(Nodes(launch.count, launch.group) + Ago(launch.asked, view.now));
  for (std::string& line : PendingLines(view.asked_for->pending)) coming.push_back(std::move(line));
  for (const GcsLaunch& failure : view.asked_for->failures)
    failed.push_back(Nodes(failure.count, failure.group) + Ago(failure.failed, view.now) +
                     (failure.reason.empty() ? "" : ": " + failure.reason));
  return LinesBelow("Asked for by the autoscaler:", coming) + LinesBelow("Failed lately:", failed);
}

std::string RenderIdle(const ScalingView& view) {
  std::vector<std::string> idle, held;
  for (const IdleNode& node : view.idle) {
    const std::string fate = ToString(node, view.autoscaled);
    idle.push_back(node.pod + (fate.empty() ? "" : " " + fate));
  }
  for (const HeldNode& node : view.held) held.push_back(node.pod + ": " + node.why);
  return LinesBelow("Idle, nothing of it in use:", idle) +
         LinesBelow("No resources in use, and not idle for Ray:", held);
}

std::string SourceText(const ScalingView& view) {
  if (view.source == ScalingSource::kGcs) return ", from its GCS";
  if (view.source == ScalingSource::kNone || view.gcs_failure.empty()) return "";
  return ", from its dashboard (not from its GCS: " + view.gcs_failure + ")";
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
  if (view.autoscaled && view.report_age_seconds)
    text += ", heard of " + shared::FormatSeconds(std::chrono::seconds(*view.report_age_seconds)) + " ago";
  if (view.age_seconds)
    text +=
        *view.age_seconds == 0
            ? "; Ray's part is of now"
            : "; Ray's part is " + shared::FormatDuration(std::chrono::seconds(*view.age_seconds)) + " old";
  return text + SourceText(view) + "\n";
}

Json ShapeToJson(const ResourceShape& shape) {
  Json object = Json::object();
  for (const auto& [resource, amount] : shape) object[resource] = amount;
  return object;
}

Json TermsToJson(const LabelTerms& terms) {
  constexpr const char* kRules[] = {"In", "NotIn", nullptr};
  Json list = Json::array();
  for (const LabelTerm& term : terms) {
    const char* rule = kRules[static_cast<std::size_t>(term.is)];
    list.push_back(
        {{"key", term.key}, {"operator", rule == nullptr ? Json() : Json(rule)}, {"values", term.values}});
  }
  return list;
}

}  // namespace

Json DemandToJson(const ExplainedDemand& explained) {
  constexpr const char* kBy[] = {"TasksAndActors", "PlacementGroup", "RequestResources"};
  const ReportedDemand& demand = explained.demand;
  Json bundles = Json::array();
  for (const auto& [shape, count, labels] : demand.bundles) {
    bundles.push_back(
        {{"resources", ShapeToJson(shape)}, {"count", count}, {"labelSelectors", Json::array()}});
    for (const LabelTerms& terms : labels) bundles.back()["labelSelectors"].push_back(TermsToJson(terms));
  }
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

namespace {

Json GroupToJson(const ScalingGroup& group) {
  return {{"name", group.name},         {"nodeResources", ShapeToJson(group.node)},
          {"labels", group.labels},     {"minReplicas", group.min},
          {"replicas", group.replicas}, {"maxReplicas", group.max},
          {"wantedPods", group.wanted}, {"madePods", group.made},
          {"readyPods", group.ready},   {"cause", WaitCauseName(group.cause)},
          {"why", group.why},           {"wayOut", group.way_out}};
}

Json IdleToJson(const IdleNode& node, bool autoscaled) {
  const bool goes = autoscaled && !node.kept && node.idle_seconds;
  return {{"pod", node.pod},
          {"group", node.group},
          {"idleSeconds", node.idle_seconds ? Json(*node.idle_seconds) : Json()},
          {"idleTimeoutSeconds", node.timeout_seconds},
          {"keptByMinReplicas", node.kept},
          {"goesInSeconds",
           goes ? Json(std::max<std::int64_t>(0, node.timeout_seconds - *node.idle_seconds)) : Json()}};
}

Json LaunchesToJson(const std::vector<GcsLaunch>& launches) {
  const auto time = [](std::int64_t seconds) { return seconds > 0 ? Json(seconds) : Json(); };
  Json list = Json::array();
  for (const GcsLaunch& launch : launches)
    list.push_back({{"group", launch.group},
                    {"count", launch.count},
                    {"askedAt", time(launch.asked)},
                    {"failedAt", time(launch.failed)},
                    {"reason", launch.reason}});
  return list;
}

Json AskedForToJson(const std::optional<GcsAutoscaler>& asked_for) {
  if (!asked_for) return Json();
  Json pending = Json::array();
  for (const GcsPendingNode& node : asked_for->pending)
    pending.push_back({{"instanceId", node.instance_id}, {"group", node.group}, {"details", node.details}});
  return {{"stateVersion", asked_for->version > 0 ? Json(asked_for->version) : Json()},
          {"launches", LaunchesToJson(asked_for->launches)},
          {"pendingNodes", pending},
          {"failures", LaunchesToJson(asked_for->failures)}};
}

void ReadNodes(const ScalingInput& input, ScalingView* view) {
  view->idle = input.gcs ? IdleNodesOf(*input.gcs, input.pods) : IdleNodesOf(input.node_summary, input.pods);
  AddFates(input.ray_cluster, view->groups, &view->idle);
  if (!input.gcs) return;
  view->held = HeldNodesOf(*input.gcs, input.pods);
  view->session = input.gcs->session;
}

// What the autoscaler has asked for: v2's, else v1's.
std::optional<GcsAutoscaler> AskedFor(const ScalingInput& input) {
  if (!input.gcs) return std::nullopt;
  return input.gcs->autoscaler ? input.gcs->autoscaler : ReadV1State(input.v1_state);
}

}  // namespace

Json ScalingSourceName(ScalingSource source) {
  if (source == ScalingSource::kNone) return Json();
  return source == ScalingSource::kGcs ? "GCS" : "dashboard";
}

AutoscalerReport ReportOf(const ScalingInput& input) {
  if (!input.gcs) return ReadAutoscalerReport(StringAt(input.report, {"data", "clusterStatus"}));
  const std::optional<GcsAutoscaler> asked_for = AskedFor(input);
  return ReportOf(*input.gcs, asked_for ? &*asked_for : nullptr, input.now.time_since_epoch().count());
}

ScalingView ReadScaling(const ScalingInput& input) {
  const AutoscalerReport report = ReportOf(input);
  const ScalingFacts facts{input.ray_cluster, input.pods, report, input.refused};
  ScalingView view;
  view.name = StringAt(input.ray_cluster, {"metadata", "name"});
  view.ns = StringAt(input.ray_cluster, {"metadata", "namespace"});
  view.autoscaled = HasAutoscaler(input.ray_cluster);
  view.version = VersionOf(input, report.known);
  view.now = input.now;
  view.gcs_failure = input.gcs_failure;
  view.ray_failure = input.gcs ? "" : input.ray_failure;
  if (view.ray_failure.empty() && !report.known) view.ray_failure = "Ray has no report of it yet";
  if (view.ray_failure.empty()) {
    view.source = input.gcs ? ScalingSource::kGcs : ScalingSource::kDashboard;
    view.age_seconds = AgeOfReport(input, view);
    if (input.gcs) view.report_age_seconds = AgeOfV1(input);
  }
  view.groups = ScalingGroups(facts);
  view.demands = ExplainDemands(facts, view.groups);
  view.unread_demands = report.unread_demands;
  ReadNodes(input, &view);
  view.asked_for = AskedFor(input);
  return view;
}

std::string RenderScaling(const ScalingView& view) {
  std::string text = Headline(view) + "\n" + GroupTable(view);
  for (std::size_t i = 0; i < view.demands.size() && i < kShown; ++i) text += RenderDemand(view.demands[i]);
  for (const std::string& demand : view.unread_demands) text += "\n" + demand + "\n";
  if (view.demands.size() > kShown)
    text += "\nand " + std::to_string(view.demands.size() - kShown) + " more demands\n";
  return shared::EscapeControl(text + RenderAskedFor(view) + RenderIdle(view));
}

Json ScalingToJson(const ScalingView& view) {
  Json demands = Json::array(), groups = Json::array(), idle = Json::array(), held = Json::array();
  for (const ExplainedDemand& explained : view.demands) demands.push_back(DemandToJson(explained));
  for (const ScalingGroup& group : view.groups) groups.push_back(GroupToJson(group));
  for (const IdleNode& node : view.idle) idle.push_back(IdleToJson(node, view.autoscaled));
  for (const HeldNode& node : view.held)
    held.push_back({{"pod", node.pod}, {"group", node.group}, {"why", node.why}});
  return {{"name", view.name},
          {"namespace", view.ns},
          {"autoscaler", view.autoscaled},
          {"version", view.version.empty() ? Json() : Json(view.version)},
          {"ageSeconds", view.age_seconds ? Json(*view.age_seconds) : Json()},
          {"autoscalerAgeSeconds", view.report_age_seconds ? Json(*view.report_age_seconds) : Json()},
          {"source", ScalingSourceName(view.source)},
          {"gcsFailure", view.gcs_failure.empty() ? Json() : Json(view.gcs_failure)},
          {"session", view.session.empty() ? Json() : Json(view.session)},
          {"rayFailure", view.ray_failure.empty() ? Json() : Json(view.ray_failure)},
          {"demands", demands},
          {"unreadDemands", view.unread_demands},
          {"groups", groups},
          {"autoscalerState", AskedForToJson(view.asked_for)},
          {"idle", idle},
          {"held", held}};
}

}  // namespace kubectl_ray
