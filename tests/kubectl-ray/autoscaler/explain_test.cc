#include "kubectl-ray/autoscaler/explain.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Yaml(const std::string& text) {
  auto value = ParseYaml("x", text);
  INFO(text << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

// A head of one CPU, `small` with nodes of one CPU and `gpu` with nodes of two CPUs and a GPU.
Json Cluster(const std::string& small, const std::string& gpu,
             const std::string& spec = "enableInTreeAutoscaling: true") {
  const auto group = [](const std::string& name, const std::string& counts, const std::string& limits) {
    return "{groupName: " + name + ", " + counts +
           ", template: {spec: {containers: [{name: ray-worker, resources: {limits: {" + limits + "}}}]}}}";
  };
  return Yaml(
      "spec: {" + spec +
      ", headGroupSpec: {template: {spec: {containers: [{name: ray-head, resources: {limits: {cpu: 1}}}]}}}, "
      "workerGroupSpecs: [" +
      group("small", small, "cpu: 1") + ", " + group("gpu", gpu, "cpu: 2, nvidia.com/gpu: 1") + "]}");
}

Json Pod(const std::string& group, const std::string& status) {
  return Yaml("{metadata: {labels: {ray.io/group: " + group +
              ", ray.io/node-type: worker}}, spec: {nodeName: n1, "
              "containers: [{name: ray-worker}]}, status: {" +
              status + "}}");
}

const std::string kReady = "phase: Running, conditions: [{type: Ready, status: 'True'}]";
const std::string kUnscheduled =
    "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 "
    "nodes "
    "are available: 1 Insufficient nvidia.com/gpu.'}]";
const std::string kNoImage =
    "phase: Pending, containerStatuses: [{name: ray-worker, state: {waiting: {reason: ImagePullBackOff, "
    "message: "
    "no such image}}}]";
const std::string kCrashing =
    "phase: Running, containerStatuses: [{name: ray-worker, restartCount: 4, state: {waiting: {reason: "
    "CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]";
const std::string kStarts = "phase: Pending, conditions: [{type: PodScheduled, status: 'True'}]";

const char* const kGrows = "minReplicas: 0, replicas: 0, maxReplicas: 3";
const char* const kFull = "minReplicas: 0, replicas: 1, maxReplicas: 1";
const char* const kOne = "minReplicas: 0, replicas: 1, maxReplicas: 3";
const char* const kGpuTask = " {'CPU': 1.0, 'GPU': 1.0}: 2+ pending tasks/actors\n";

struct Answer {
  std::vector<ExplainedDemand> demands;
  std::vector<ScalingGroup> groups;
};

Answer Ask(const Json& cluster, const std::vector<Json>& pods, const std::string& demands,
           const std::string& refused = "", const std::string& above = "") {
  const AutoscalerReport report = ReadAutoscalerReport(above + "Pending Demands:\n" + demands);
  const ScalingFacts facts{cluster, pods, report, refused};
  Answer answer;
  answer.groups = ScalingGroups(facts);
  answer.demands = ExplainDemands(facts, answer.groups);
  return answer;
}

}  // namespace

TEST_CASE("each planted cause is the reason of the demand", "[autoscaler]") {
  struct Row {
    const char* what;
    std::string gpu;                // counts of the group
    std::vector<std::string> pods;  // of it
    std::string refused, above, spec;
    WaitCause cause;
    std::string why, way_out;  // the latter a part
  };
  const std::string on = "enableInTreeAutoscaling: true";
  const Row rows[] = {
      {"at its maximum",
       kFull,
       {kReady},
       "",
       "",
       on,
       WaitCause::kMaxReplicas,
       "group gpu: it has its maxReplicas of 1, and all are ready",
       "Raise maxReplicas of group gpu"},
      {"a quota",
       kOne,
       {},
       "pods are refused: exceeded quota: small, requested: pods=1",
       "",
       on,
       WaitCause::kPodNotMade,
       "group gpu: 1 of 1 pod is not made: pods are refused: exceeded quota: small, requested: pods=1",
       "kubectl describe quota"},
      {"not scheduled",
       kOne,
       {kUnscheduled},
       "",
       "",
       on,
       WaitCause::kPodUnscheduled,
       "group gpu: 1 of 1 pod on the way: cannot be scheduled: 0/1 nodes are available: 1 Insufficient "
       "nvidia.com/gpu",
       "No node has so much nvidia.com/gpu"},
      {"no image", kOne, {kNoImage}, "", "", on, WaitCause::kImage, "", ""},
      {"joining",
       kOne,
       {kStarts},
       "",
       "",
       on,
       WaitCause::kJoining,
       "group gpu: 1 of 1 pod on the way: is being set up on node n1",
       ""},
      {"crashing", kOne, {kCrashing}, "", "", on, WaitCause::kPodFailing, "", ""},
      {"the first reason of several pods",
       "replicas: 3, maxReplicas: 3",
       {kStarts, kUnscheduled, kUnscheduled},
       "",
       "",
       on,
       WaitCause::kPodUnscheduled,
       "group gpu: 2 of 3 pods on the way: cannot be scheduled: 0/1 nodes are available: 1 Insufficient "
       "nvidia.com/gpu",
       ""},
      {"not made yet",
       kOne,
       {},
       "",
       "",
       on,
       WaitCause::kPodNotMade,
       "group gpu: 1 of 1 pod is not made yet",
       ""},
      {"asked for",
       kGrows,
       {},
       "",
       "Pending:\n gpu, 2 launching\n",
       on,
       WaitCause::kLaunching,
       "group gpu: the autoscaler is asking KubeRay for 2 nodes",
       ""},
      {"failed",
       kGrows,
       {},
       "",
       "Recent failures:\n gpu: LaunchFailed (latest_attempt: 10:11:12)\n",
       on,
       WaitCause::kLaunchFailed,
       "group gpu: the autoscaler's last node failed: LaunchFailed (latest_attempt: 10:11:12)",
       ""},
      {"not asked for",
       kGrows,
       {},
       "",
       "",
       on,
       WaitCause::kNotAsked,
       "group gpu: the autoscaler has not asked for a node of it yet",
       "kubectl ray monitor"},
      {"no autoscaler",
       kOne,
       {kReady},
       "",
       "",
       "rayVersion: 2.52.0",
       WaitCause::kNoAutoscaler,
       "group gpu: all its pods (1) are ready, and nothing adds more: the cluster has no autoscaler",
       "kubectl ray scale cluster"},
      {"suspended",
       "replicas: 1, maxReplicas: 3, suspend: true",
       {},
       "",
       "",
       on,
       WaitCause::kSuspended,
       "group gpu: it is suspended",
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    std::vector<Json> pods;
    for (const std::string& status : row.pods) pods.push_back(Pod("gpu", status));
    const Answer answer = Ask(Cluster(kGrows, row.gpu, row.spec), pods, kGpuTask, row.refused, row.above);
    REQUIRE(answer.demands.size() == 1);
    const ExplainedDemand& demand = answer.demands.front();
    CHECK(demand.groups == std::vector<std::string>{"gpu"});
    CHECK(WaitCauseName(demand.cause) == std::string(WaitCauseName(row.cause)));
    if (!row.why.empty()) CHECK(demand.why == row.why);
    CHECK(demand.way_out.find(row.way_out) != std::string::npos);
  }
}

TEST_CASE("a refused pod of one group keeps the pods of those after it away", "[autoscaler]") {
  const std::string refused = "pods are refused: exceeded quota: q", quota = ": " + refused, yet = " yet";
  const std::string longest(60, 'c');
  struct Row {
    const char* what;
    std::string cluster, message, small, gpu;  // the ends of both groups' clauses
  };
  const Row rows[] = {
      {"the first one", "demo", "pods \"demo-small-worker-a1b2c\" is forbidden: exceeded quota: q", quota,
       ", since KubeRay stops at group small" + quota},
      {"the last one", "demo", "pods \"demo-gpu-worker-a1b2c\" is forbidden: exceeded quota: q", yet, quota},
      {"in lower case", "Demo", "Pod \"demo-gpu-worker-a1b2c\" is invalid: x", yet, quota},
      {"the head's", "demo", "pods \"demo-head-a1b2c\" is forbidden: exceeded quota: q", quota, quota},
      {"of a group that is gone", "demo", "pods \"demo-gpu-worker-b-worker-a1b2c\" is forbidden: x", quota,
       quota},
      {"names that are cut to the same", longest,
       "pods \"" + longest.substr(0, 50) + "-worker-a1b2c\" is forbidden: x", quota, quota},
      {"nobody says whose", "demo", "exceeded quota: q", quota, quota},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Json cluster = Cluster(kOne, kOne);
    cluster["metadata"] = {{"name", row.cluster}};
    cluster["status"] = {
        {"conditions", {{{"type", "ReplicaFailure"}, {"status", "True"}, {"message", row.message}}}}};
    const Answer answer = Ask(cluster, {}, kGpuTask, refused);
    REQUIRE(answer.groups.size() == 2);
    CHECK(answer.groups[0].why == "1 of 1 pod is not made" + row.small);
    CHECK(answer.groups[1].why == "1 of 1 pod is not made" + row.gpu);
    for (const ScalingGroup& group : answer.groups) CHECK(group.way_out.empty() == group.why.ends_with(yet));
  }
}

TEST_CASE("what no node could hold names the nearest group and what it lacks", "[autoscaler]") {
  struct Row {
    const char *demand, *cause, *why;
  };
  const Row rows[] = {
      {"{'CPU': 2.0, 'GPU': 4.0}: 1+ pending tasks/actors", "Infeasible",
       "no group has nodes that could hold it; nearest is gpu, which lacks GPU: 4 (it has 1)"},
      {"{'TPU': 1.0, 'CPU': 1.0}: 1+ pending tasks/actors", "Infeasible",
       "no group has nodes that could hold it; nearest is small, which lacks TPU: 1 (it has none)"},
      {"{'CPU': 1.0} * 2, {'GPU': 2.0} * 1 (PACK): 1+ pending placement groups", "Infeasible",
       "no group has nodes that could hold it; nearest is gpu, which lacks GPU: 2 (it has 1)"},
      {"{'CPU': 2.0} * 2 (STRICT_PACK): 1+ pending placement groups", "Infeasible",
       "no group has nodes that could hold it; nearest is gpu, which lacks CPU: 4 (it has 2)"},
      {"{'CPU': 2.0} * 2 (STRICT_SPREAD): 1+ pending placement groups", "MaxReplicas",
       "group gpu: it has its maxReplicas of 1, and all are ready"},
      // Of two groups, the one that gets nearer to a node.
      {"{'CPU': 1.0}: 1+ pending tasks/actors", "NotAsked",
       "group small: the autoscaler has not asked for a node of it yet"},
  };
  for (const Row& row : rows) {
    INFO(row.demand);
    const Answer answer =
        Ask(Cluster(kGrows, kFull), {Pod("gpu", kReady)}, std::string(" ") + row.demand + "\n");
    REQUIRE(answer.demands.size() == 1);
    CHECK(WaitCauseName(answer.demands[0].cause) == std::string(row.cause));
    CHECK(answer.demands[0].why == row.why);
  }
}

TEST_CASE("a cluster without workers, and what request_resources() has already", "[autoscaler]") {
  const Json alone = Yaml(
      "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, resources: {limits: {cpu: "
      "1}}}]}}}}");
  Answer answer =
      Ask(alone, {}, " {'CPU': 1.0}: 1+ pending tasks/actors\n {'CPU': 2.0}: 1+ pending tasks/actors\n");
  REQUIRE(answer.demands.size() == 2);
  CHECK(answer.demands[0].cause == WaitCause::kHeadOnly);
  CHECK(answer.demands[1].why == "the head lacks CPU: 2 (it has 1), and there is no group of workers");
  const std::string above =
      "Usage:\n 0.0/3.0 CPU\nFrom request_resources:\n {'CPU': 1.0}: 3 from request_resources()\n";
  answer = Ask(Cluster(kGrows, kGrows), {}, "", "", above);
  REQUIRE(answer.demands.size() == 1);
  CHECK(answer.demands[0].cause == WaitCause::kMet);
  answer = Ask(Cluster(kGrows, kGrows), {}, "", "",
               "Usage:\n 0.0/2.0 CPU\nFrom request_resources:\n {'CPU': 1.0}: 3 from request_resources()\n");
  CHECK(answer.demands[0].cause == WaitCause::kNotAsked);
  CHECK(ScalingGroups({Json(), {}, {}}).empty());
}

TEST_CASE("demands are written for people", "[autoscaler]") {
  using By = ReportedDemand::By;
  CHECK(ToString(ReportedDemand{By::kTasks, {{{{"CPU", 1}}, 1}}, "", 4, true}) ==
        "4+ tasks or actors of CPU: 1");
  CHECK(ToString(ReportedDemand{By::kTasks, {{{{"CPU", 1}}, 1}}, "", 1, false}) ==
        "1 task or actor of CPU: 1");
  CHECK(ToString(ReportedDemand{By::kRequest, {{{{"CPU", 1}}, 1}}, "", 2, false}) ==
        "2 by request_resources() of CPU: 1");
  CHECK(ToString(
            ReportedDemand{By::kPlacementGroup, {{{{"CPU", 1}}, 2}, {{{"GPU", 1}}, 1}}, "PACK", 1, false}) ==
        "1 placement group (PACK) of 2 times CPU: 1 and GPU: 1");
}

TEST_CASE("a label that nodes lack is named", "[autoscaler]") {
  using Is = LabelTerm::Is;
  const LabelTerm a{"zone", Is::kIn, {"a"}}, b{"zone", Is::kIn, {"b"}}, not_a{"zone", Is::kNotIn, {"a"}};
  const ReportedNode small{"small", false, {{"zone", "a"}, {"id", "1"}}, {{"CPU", 1}}};
  const ReportedNode other{"small", false, {{"zone", "a"}, {"id", "2"}}, {{"CPU", 1}}};
  const ReportedNode head{"headgroup", true, {{"zone", "b"}}, {{"CPU", 1}}};
  const std::string on = "enableInTreeAutoscaling: true", off = "other: true";
  const std::string labelled = std::string(kGrows) + ", labels: {zone: a}";
  const std::string started = std::string(kGrows) + ", rayStartParams: {labels: 'zone=a,tier=x'}";
  struct Row {
    const char* what;
    std::string spec, small;  // the cluster's, and of the group
    std::vector<ReportedNode> nodes;
    ReportedDemand demand;
    WaitCause cause;
    std::string why, way_out;  // the latter a part
  };
  const ResourceShape cpu = {{"CPU", 1}};
  const ReportedDemand task{ReportedDemand::By::kTasks, {{cpu, 1, {{a}}}}};
  const auto named = [&](const char* group) {
    return ReportedDemand{ReportedDemand::By::kTasks,
                          {{cpu, 1, {{{"ray.io/node-group", Is::kIn, {group}}}}}}};
  };
  const std::string not_asked = "group small: the autoscaler has not asked for a node of it yet";
  const Row rows[] = {
      {"the spec says it", on, labelled, {}, task, WaitCause::kNotAsked, not_asked, ""},
      {"nobody has it",
       on,
       kGrows,
       {},
       task,
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label zone=a",
       "`labels`, KubeRay 1.5"},
      {"another value",
       on,
       std::string(kGrows) + ", labels: {zone: c}",
       {},
       task,
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label zone=a (it has zone=c)",
       "`labels`"},
      {"only the nodes that are there have it",
       on,
       kGrows,
       {small, other},
       task,
       WaitCause::kUndeclared,
       "only nodes that group small has already could hold it: the autoscaler does not know that new ones "
       "have zone=a",
       "Write that into `labels` of group small"},
      {"not all of them have it",
       on,
       kGrows,
       {small, {"small", false, {}, {}}},
       task,
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label zone=a",
       ""},
      {"rayStartParams do not count for the autoscaler",
       on,
       started,
       {},
       task,
       WaitCause::kUndeclared,
       "only nodes of group small could hold it: the autoscaler does not know that new ones have zone=a",
       ""},
      {"Ray labels the nodes of a group with its name, which the autoscaler does not know",
       on,
       kGrows,
       {},
       named("small"),
       WaitCause::kUndeclared,
       "only nodes of group small could hold it: the autoscaler does not know that new ones have "
       "ray.io/node-group=small",
       "Write that into `labels` of group small"},
      {"unless the spec says it",
       on,
       std::string(kGrows) + ", labels: {ray.io/node-group: small}",
       {},
       named("small"),
       WaitCause::kNotAsked,
       not_asked,
       ""},
      {"or another one, which counts in place of Ray's",
       on,
       std::string(kGrows) + ", labels: {ray.io/node-group: own}",
       {},
       named("small"),
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label ray.io/node-group=small "
       "(it "
       "has ray.io/node-group=own)",
       ""},
      {"no group has that name",
       on,
       kGrows,
       {},
       named("smal"),
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label ray.io/node-group=smal "
       "(it "
       "has ray.io/node-group=small)",
       ""},
      {"without an autoscaler it is the pods that are missing",
       off,
       kGrows,
       {},
       named("small"),
       WaitCause::kNoAutoscaler,
       "group small: all its pods (0) are ready, and nothing adds more: the cluster has no autoscaler",
       ""},
      {"the head's group is headgroup",
       on,
       kGrows,
       {},
       named("headgroup"),
       WaitCause::kHeadOnly,
       "only the head could hold it, which is one node and has no room now",
       ""},
      {"and do without one",
       off,
       started,
       {},
       task,
       WaitCause::kNoAutoscaler,
       "group small: all its pods (0) are ready, and nothing adds more: the cluster has no autoscaler",
       ""},
      {"the head has it",
       on,
       kGrows,
       {head},
       {ReportedDemand::By::kTasks, {{cpu, 1, {{b}}}}},
       WaitCause::kHeadOnly,
       "only the head could hold it, which is one node and has no room now",
       ""},
      {"for want of the first",
       on,
       labelled,
       {},
       {ReportedDemand::By::kTasks, {{cpu, 1, {{b}, {a}}}}},
       WaitCause::kNotAsked,
       not_asked,
       ""},
      {"a label that may not be",
       on,
       labelled,
       {},
       {ReportedDemand::By::kTasks, {{{{"CPU", 2}}, 1, {{not_a}}}}},
       WaitCause::kNotAsked,
       "group gpu: the autoscaler has not asked for a node of it yet",
       ""},
      {"resources and a label",
       on,
       kGrows,
       {},
       {ReportedDemand::By::kTasks, {{{{"GPU", 4}}, 1, {{a}}}}},
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is gpu, which lacks GPU: 4 (it has 1), label zone=a",
       "ask for less"},
      {"a bundle of a placement group",
       on,
       labelled,
       {},
       {ReportedDemand::By::kPlacementGroup, {{cpu, 1, {{a}}}, {cpu, 2, {{b}}}}, "PACK"},
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks label zone=b (it has zone=a)",
       ""},
      {"bundles of one node",
       on,
       labelled,
       {},
       {ReportedDemand::By::kPlacementGroup, {{cpu, 2, {{a}}}}, "STRICT_PACK"},
       WaitCause::kInfeasible,
       "no group has nodes that could hold it; nearest is small, which lacks CPU: 2 (it has 1)",
       ""},
      {"request_resources() that is met",
       on,
       kGrows,
       {small, other},
       {ReportedDemand::By::kRequest, {{cpu, 1, {{a}}}}, "", 2},
       WaitCause::kMet,
       "the cluster has that",
       ""},
      {"and one that is not",
       on,
       kGrows,
       {small, other},
       {ReportedDemand::By::kRequest, {{cpu, 1, {{a}}}}, "", 3},
       WaitCause::kUndeclared,
       "only nodes that group small has already could hold it: the autoscaler does not know that new ones "
       "have zone=a",
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const Json cluster = Cluster(row.small, kGrows, row.spec);
    AutoscalerReport report;
    report.nodes = row.nodes;
    report.demands = {row.demand};
    const std::vector<Json> pods;
    const ScalingFacts facts{cluster, pods, report};
    const auto demands = ExplainDemands(facts, ScalingGroups(facts));
    REQUIRE(demands.size() == 1);
    CHECK(WaitCauseName(demands[0].cause) == std::string(WaitCauseName(row.cause)));
    CHECK(demands[0].why == row.why);
    CHECK(demands[0].way_out.find(row.way_out) != std::string::npos);
  }
  CHECK(ToString(ReportedDemand{
            ReportedDemand::By::kPlacementGroup, {{cpu, 1, {{a}}}, {cpu, 2, {{b, not_a}}}}, "PACK"}) ==
        "1 placement group (PACK) of CPU: 1 on a node with zone=a and 2 times CPU: 1 on a node with zone=b "
        "and zone!=a");
}
