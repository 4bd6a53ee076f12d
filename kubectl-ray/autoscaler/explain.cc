#include "kubectl-ray/autoscaler/explain.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "kubectl-ray/autoscaler/group_shape.h"
#include "kubectl-ray/kinds/condition.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/worker_counts.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::BoolAt;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

// KubeRay's default of maxReplicas (raycluster_types.go).
constexpr std::int64_t kNoMaximum = std::numeric_limits<std::int32_t>::max();

bool WaitsForImage(const Json& pod) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    const Json& statuses = At(pod, {"status", list});
    if (!statuses.is_array()) continue;
    for (const Json& status : statuses) {
      const std::string reason = StringAt(status, {"state", "waiting", "reason"});
      if (reason.starts_with("ErrImage") || reason.starts_with("ImagePull") || reason == "InvalidImageName")
        return true;
    }
  }
  return false;
}

WaitCause CauseOf(const Json& pod, const PodHealth& health) {
  if (StringAt(ConditionOf(pod, "PodScheduled"), {"status"}) == "False") return WaitCause::kPodUnscheduled;
  if (WaitsForImage(pod)) return WaitCause::kImage;
  if (health.state == PodState::kFailing || health.state == PodState::kPending) return WaitCause::kPodFailing;
  return WaitCause::kJoining;
}

// The pods of a group that are not ready yet: the first reason of the chain among them, and how many have it.
void ReadComingPods(const std::vector<const Json*>& pods, ScalingGroup* group) {
  std::optional<WaitCause> first;
  std::int64_t with_it = 0, coming = 0;
  for (const Json* pod : pods) {
    const PodHealth health = HealthOf(*pod);
    const WaitCause cause = CauseOf(*pod, health);
    ++coming;
    if (first && cause > *first) continue;
    if (!first || cause < *first) {
      with_it = 0;
      group->why = health.reason;
      group->way_out = health.way_out;
    }
    first = cause;
    ++with_it;
  }
  group->cause = *first;
  group->why =
      std::to_string(with_it) + " of " + shared::Counted(coming, "pod") + " on the way: " + group->why;
}

// Whether KubeRay calls a pod of the group so: CLUSTER-GROUP-worker-XXXXX, the first two cut to 50 characters
// (PodName in controllers/ray/utils/util.go).
bool IsPodOf(const std::string& group, const Json& ray_cluster, std::string_view pod) {
  constexpr std::size_t kLongest = 50, kRandom = 5;
  std::string begin = (StringAt(ray_cluster, {"metadata", "name"}) + "-" + group).substr(0, kLongest);
  for (char& c : begin) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  begin += "-worker-";
  return pod.size() == begin.size() + kRandom && pod.starts_with(begin);
}

// KubeRay makes pods group by group, in the order of the spec, and none after one that is refused
// (reconcilePods in raycluster_controller.go). Returns the group that is refused, if it is this one or one
// before it; this one, if it is not known which; or nothing, if it is one after it, which does not stop this
// one.
std::string GroupRefused(const ScalingFacts& facts, const std::string& group) {
  const std::string pod = RefusedPod(facts.ray_cluster);
  if (IsPodOf(group, facts.ray_cluster, pod)) return group;
  bool after = false;
  for (const Json& spec : At(facts.ray_cluster, {"spec", "workerGroupSpecs"})) {
    const std::string name = StringAt(spec, {"groupName"});
    after = after || name == group;
    if (IsPodOf(name, facts.ray_cluster, pod)) return after ? "" : name;
  }
  return group;
}

void ReadUnmadePods(const ScalingFacts& facts, ScalingGroup* group) {
  const std::string refused = facts.refused.empty() ? "" : GroupRefused(facts, group->name);
  group->cause = WaitCause::kPodNotMade;
  const std::string missing =
      std::to_string(group->wanted - group->made) + " of " + shared::Counted(group->wanted, "pod");
  group->why = missing + (group->wanted == 1 ? " is not made" : " are not made");
  if (refused.empty()) {
    group->why += " yet";
    return;
  }
  if (refused != group->name) group->why += ", since KubeRay stops at group " + refused;
  group->why += ": " + facts.refused;
  group->way_out = WayOutOfRefusal(facts.refused);
}

// Nothing is on its way: why the autoscaler does not ask for more.
void ReadStandstill(const ScalingFacts& facts, ScalingGroup* group) {
  const auto launching = facts.report.launching.find(group->name);
  const auto failure = facts.report.failures.find(group->name);
  if (!HasAutoscaler(facts.ray_cluster)) {
    group->cause = WaitCause::kNoAutoscaler;
    group->why = "all its pods (" + std::to_string(group->ready) +
                 ") are ready, and nothing adds more: the cluster has no autoscaler";
    group->way_out = "`kubectl ray scale cluster` sets how many workers a group has.";
  } else if (launching != facts.report.launching.end()) {
    group->cause = WaitCause::kLaunching;
    group->why = "the autoscaler is asking KubeRay for " + shared::Counted(launching->second, "node");
  } else if (group->replicas >= group->max) {
    group->cause = WaitCause::kMaxReplicas;
    group->why = "it has its maxReplicas of " + std::to_string(group->max) + ", and all are ready";
    group->way_out = "Raise maxReplicas of group " + group->name + ", or wait until something there ends.";
  } else if (failure != facts.report.failures.end()) {
    group->cause = WaitCause::kLaunchFailed;
    group->why = "the autoscaler's last node failed: " + failure->second;
  } else {
    group->cause = WaitCause::kNotAsked;
    group->why = "the autoscaler has not asked for a node of it yet";
    group->way_out =
        "If that lasts, the container `autoscaler` of the head's pod says why: `kubectl ray monitor`.";
  }
}

// The labels of a group's nodes: those that its spec says, those of which all its living nodes have the same
// value, and the group's name, which each node makes a label of (_get_default_labels in
// ray/_private/resource_and_label_spec.py). For autoscaler v2 a node to come has the spec's `labels` alone
// (SchedulingNode.from_node_config in ray/autoscaler/v2/scheduler.py).
template <typename IsOne>
NodeLabels SeenLabels(const Json& spec, const std::string& group, const AutoscalerReport& report,
                      IsOne is_one) {
  NodeLabels common;
  bool any = false;
  for (const ReportedNode& node : report.nodes) {
    if (!is_one(node)) continue;
    if (!std::exchange(any, true)) common = node.labels;
    std::erase_if(common, [&](const auto& label) {
      const auto other = node.labels.find(label.first);
      return other == node.labels.end() || other->second != label.second;
    });
  }
  for (const NodeLabels& given : {DeclaredLabels(spec), StartedLabels(spec)})
    common.insert(given.begin(), given.end());
  common.try_emplace(kRayNodeGroupLabel, group);
  return common;
}

ScalingGroup ReadGroup(const ScalingFacts& facts, const Json& spec) {
  ScalingGroup group;
  group.name = StringAt(spec, {"groupName"});
  group.node = ShapeOfGroup(spec);
  group.labels = DeclaredLabels(spec);
  group.seen = SeenLabels(spec, group.name, facts.report,
                          [&](const ReportedNode& node) { return node.group == group.name; });
  group.min = IntAt(spec, {"minReplicas"});
  group.max = IntAt(spec, {"maxReplicas"}, kNoMaximum);
  group.replicas = DesiredReplicas(spec);
  group.wanted = DesiredWorkers(spec);
  std::vector<const Json*> coming;
  for (const Json& pod : facts.pods) {
    if (StringAt(pod, {"metadata", "labels", kGroupLabel}) != group.name || IsOver(pod)) continue;
    const PodState state = HealthOf(pod).state;
    if (state == PodState::kEnding) continue;
    ++group.made;
    if (state == PodState::kReady)
      ++group.ready;
    else
      coming.push_back(&pod);
  }
  if (BoolAt(spec, {"suspend"}) || BoolAt(facts.ray_cluster, {"spec", "suspend"})) {
    group.cause = WaitCause::kSuspended;
    group.why = "it is suspended";
  } else if (group.made < group.wanted) {
    ReadUnmadePods(facts, &group);
  } else if (!coming.empty()) {
    ReadComingPods(coming, &group);
  } else {
    ReadStandstill(facts, &group);
  }
  return group;
}

// What one node has to have at least: each bundle of its own, or all at once where they may not be spread.
// There those of other labels stay apart, as for Ray's autoscaler.
std::vector<ReportedBundle> NodesOf(const ReportedDemand& demand) {
  if (!demand.strategy.starts_with("STRICT_PACK")) return demand.bundles;
  std::vector<ReportedBundle> sums;
  for (const ReportedBundle& bundle : demand.bundles) {
    auto sum =
        std::find_if(sums.begin(), sums.end(), [&](const auto& s) { return s.labels == bundle.labels; });
    if (sum == sums.end()) sum = sums.insert(sums.end(), {{}, 1, bundle.labels});
    for (const auto& [resource, amount] : bundle.shape)
      sum->shape[resource] += amount * static_cast<double>(bundle.count);
  }
  return sums;
}

bool Fits(const ResourceShape& asked, const ResourceShape& node) { return LackOf(asked, node).empty(); }

// How much of a resource there is for a bundle of what request_resources() asks for.
double TotalFor(const ReportedBundle& bundle, const std::string& resource, const AutoscalerReport& report) {
  if (bundle.labels.empty()) {
    const auto usage = report.usage.find(resource);
    return usage == report.usage.end() ? 0 : usage->second.total;
  }
  double total = 0;
  for (const ReportedNode& node : report.nodes) {
    const auto amount = node.total.find(resource);
    if (amount != node.total.end() && Satisfies(node.labels, bundle.labels)) total += amount->second;
  }
  return total;
}

// Of what request_resources() asks for, whether the cluster has it in all.
bool IsMet(const ReportedDemand& demand, const AutoscalerReport& report) {
  if (demand.by != ReportedDemand::By::kRequest) return false;
  for (const ReportedBundle& bundle : demand.bundles)
    for (const auto& [resource, amount] : bundle.shape) {
      const double wanted = amount * static_cast<double>(bundle.count) * static_cast<double>(demand.count);
      if (TotalFor(bundle, resource, report) + kResourceRounding < wanted) return false;
    }
  return true;
}

// Returns "GPU: 4 (it has 1), zone=a (it has zone=b)" for each that a node lacks.
std::string Lacks(const ReportedBundle& asked, const ResourceShape& node, const NodeLabels& labels) {
  std::string text;
  for (const auto& [resource, amount] : LackOf(asked.shape, node)) {
    const auto has = node.find(resource);
    text += (text.empty() ? "" : ", ") + resource + ": " + FormatAmountOf(resource, amount) + " (" +
            (has == node.end() ? "it has none" : "it has " + FormatAmountOf(resource, has->second)) + ")";
  }
  for (const LabelTerm& term : LackOf(asked.labels, labels)) {
    const auto has = labels.find(term.key);
    text += (text.empty() ? "label " : ", label ") + ToString(term) +
            (has == labels.end() ? "" : " (it has " + has->first + "=" + has->second + ")");
  }
  return text;
}

// How much of what is asked for the node has, of 1 for each resource, and of 1 for each label that it lacks.
double Share(const ReportedBundle& asked, const ScalingGroup& group) {
  double share = -static_cast<double>(LackOf(asked.labels, group.seen).size());
  for (const auto& [resource, amount] : asked.shape) {
    const auto has = group.node.find(resource);
    if (amount > 0 && has != group.node.end()) share += std::min(1.0, has->second / amount);
  }
  return share;
}

// What a cluster is made of, as a demand meets it.
struct DemandSite {
  const std::vector<ScalingGroup>& groups;
  ResourceShape head;
  NodeLabels head_labels;
  const AutoscalerReport& report;
  bool autoscaled = false;
};

void ExplainInfeasible(const ReportedBundle& asked, const DemandSite& site, ExplainedDemand* explained) {
  explained->cause = WaitCause::kInfeasible;
  explained->way_out = "Give a group such nodes (`kubectl ray create workergroup`), or ask for less.";
  if (site.groups.empty()) {
    explained->why =
        "the head lacks " + Lacks(asked, site.head, site.head_labels) + ", and there is no group of workers";
    return;
  }
  const ScalingGroup* nearest = &site.groups.front();
  for (const ScalingGroup& group : site.groups)
    if (Share(asked, group) > Share(asked, *nearest)) nearest = &group;
  explained->why = "no group has nodes that could hold it; nearest is " + nearest->name + ", which lacks " +
                   Lacks(asked, nearest->node, nearest->seen);
  if (Fits(asked.shape, nearest->node))
    explained->way_out = "Give a group that label (its `labels`, KubeRay 1.5 or later), or ask for another.";
}

// A group whose nodes have the labels, or will, though its `labels` do not say so.
void ExplainUndeclared(const ReportedBundle& asked, const ScalingGroup& group, const AutoscalerReport& report,
                       ExplainedDemand* explained) {
  std::string labels;
  for (const LabelTerm& term : LackOf(asked.labels, group.labels))
    labels += (labels.empty() ? "" : ", ") + ToString(term);
  explained->cause = WaitCause::kUndeclared;
  const bool any = std::any_of(report.nodes.begin(), report.nodes.end(),
                               [&](const ReportedNode& node) { return node.group == group.name; });
  explained->why = "only nodes " +
                   (any ? "that group " + group.name + " has already" : "of group " + group.name) +
                   " could hold it: the autoscaler does not know that new ones have " + labels;
  explained->way_out = "Write that into `labels` of group " + group.name + " (KubeRay 1.5 or later).";
}

// Adds the group to those that could hold a part of the demand. Returns whether it could.
bool ConsiderGroup(const ReportedBundle& asked, const DemandSite& site, const ScalingGroup& group,
                   const ScalingGroup** best, ExplainedDemand* explained) {
  if (!Fits(asked.shape, group.node) || !Satisfies(group.seen, asked.labels)) return false;
  if (std::find(explained->groups.begin(), explained->groups.end(), group.name) == explained->groups.end())
    explained->groups.push_back(group.name);
  if (site.autoscaled && !Satisfies(group.labels, asked.labels)) return true;
  if (*best == nullptr || group.cause > (*best)->cause) *best = &group;
  return true;
}

// Explains the demand by one of its bundles, and returns true, if that one can have no node more. Else `best`
// is the group that is nearest to one, of all bundles' so far.
bool IsEndedBy(const ReportedBundle& asked, const DemandSite& site, const ScalingGroup** best,
               ExplainedDemand* explained) {
  const ScalingGroup *able = nullptr, *growing = nullptr;
  for (const ScalingGroup& group : site.groups)
    if (ConsiderGroup(asked, site, group, &growing, explained) && able == nullptr) able = &group;
  if (growing != nullptr && (*best == nullptr || growing->cause > (*best)->cause)) *best = growing;
  if (growing != nullptr || (Fits(asked.shape, site.head) && Satisfies(site.head_labels, asked.labels)))
    return false;
  if (able == nullptr) {
    ExplainInfeasible(asked, site, explained);
    return true;
  }
  if (IsMet(explained->demand, site.report)) return false;
  ExplainUndeclared(asked, *able, site.report, explained);
  return true;
}

ExplainedDemand Explain(const ReportedDemand& demand, const DemandSite& site) {
  ExplainedDemand explained;
  explained.demand = demand;
  const ScalingGroup* best = nullptr;
  for (const ReportedBundle& asked : NodesOf(demand))
    if (IsEndedBy(asked, site, &best, &explained)) return explained;
  if (IsMet(demand, site.report)) {
    explained.cause = WaitCause::kMet;
    explained.why = "the cluster has that";
  } else if (best == nullptr) {
    explained.cause = WaitCause::kHeadOnly;
    explained.why = "only the head could hold it, which is one node and has no room now";
  } else {
    explained.cause = best->cause;
    explained.why = "group " + best->name + ": " + best->why;
    explained.way_out = best->way_out;
  }
  return explained;
}

}  // namespace

const char* WaitCauseName(WaitCause cause) {
  constexpr const char* kNames[] = {
      "Infeasible",     "HeadOnly", "UndeclaredLabel", "Suspended", "NoAutoscaler",
      "MaxReplicas",    "NotAsked", "LaunchFailed",    "Launching", "PodNotMade",
      "PodUnscheduled", "Image",    "PodFailing",      "Joining",   "Met"};
  return kNames[static_cast<std::size_t>(cause)];
}

bool HasAutoscaler(const Json& ray_cluster) {
  return BoolAt(ray_cluster, {"spec", "enableInTreeAutoscaling"});
}

std::vector<ScalingGroup> ScalingGroups(const ScalingFacts& facts) {
  std::vector<ScalingGroup> groups;
  const Json& specs = At(facts.ray_cluster, {"spec", "workerGroupSpecs"});
  if (specs.is_array())
    for (const Json& spec : specs) groups.push_back(ReadGroup(facts, spec));
  return groups;
}

std::vector<ExplainedDemand> ExplainDemands(const ScalingFacts& facts,
                                            const std::vector<ScalingGroup>& groups) {
  const Json& head = At(facts.ray_cluster, {"spec", "headGroupSpec"});
  const DemandSite site{
      groups, ShapeOfGroup(head),
      SeenLabels(head, kHeadGroupName, facts.report, [](const ReportedNode& node) { return node.head; }),
      facts.report, HasAutoscaler(facts.ray_cluster)};
  std::vector<ExplainedDemand> explained;
  for (const ReportedDemand& demand : facts.report.demands) explained.push_back(Explain(demand, site));
  return explained;
}

std::string ToString(const ReportedDemand& demand) {
  const bool one = demand.count == 1 && !demand.at_least;
  std::string text = std::to_string(demand.count) + (demand.at_least ? "+" : "");
  if (demand.by == ReportedDemand::By::kTasks) text += one ? " task or actor" : " tasks or actors";
  if (demand.by == ReportedDemand::By::kRequest) text += " by request_resources()";
  if (demand.by == ReportedDemand::By::kPlacementGroup)
    text += one ? " placement group" : " placement groups";
  if (!demand.strategy.empty()) text += " (" + demand.strategy + ")";
  text += " of ";
  for (std::size_t i = 0; i < demand.bundles.size(); ++i) {
    const auto& [shape, count, labels] = demand.bundles[i];
    text += (i == 0 ? "" : " and ") + (count == 1 ? "" : std::to_string(count) + " times ") + ToString(shape);
    if (!labels.empty()) text += " on a node with " + ToString(labels);
  }
  return text;
}

}  // namespace kubectl_ray
