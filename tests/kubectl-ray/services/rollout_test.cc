#include "kubectl-ray/services/rollout.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parsed(const std::string& yaml) {
  auto value = ParseYaml("x", yaml);
  INFO(yaml << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

Json Pod(const std::string& name, const std::string& status) {
  return Parsed("metadata: {name: " + name +
                ", labels: {ray.io/node-type: head}}\nspec: {containers: [{name: ray}]}\n" + "status: {" +
                status + "}");
}

Json ReadyPod(const std::string& name) {
  return Pod(name,
             "phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: ray, "
             "ready: true, "
             "state: {running: {}}}]");
}

Json UnschedulablePod(const std::string& name) {
  return Pod(
      name,
      "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: "
      "'0/1 nodes are available'}]");
}

Json BadImagePod(const std::string& name) {
  return Pod(
      name,
      "phase: Pending, containerStatuses: [{name: ray, state: {waiting: {reason: InvalidImageName, message: "
      "'x y'}}}]");
}

const std::string kRunning =
    "{default: {status: RUNNING, serveDeploymentStatuses: {Answer: {status: HEALTHY}}}}";
const std::string kBroken =
    "{default: {status: DEPLOY_FAILED, message: \"no module\\nnamed x\", serveDeploymentStatuses: {Answer: "
    "{status: "
    "UNHEALTHY, message: \"\\x1b[31m\"}}}}";
const std::string kDeploying = "{default: {status: DEPLOYING}}";

std::string Active(const std::string& applications) {
  return "activeServiceStatus: {rayClusterName: old, applicationStatuses: " + applications + "}, ";
}
std::string PendingCluster(const std::string& applications) {
  return "pendingServiceStatus: {rayClusterName: new, applicationStatuses: " + applications + "}, ";
}
std::string Condition(const std::string& type, const std::string& value, const std::string& reason = "R") {
  return "{type: " + type + ", status: '" + value + "', reason: " + reason + ", message: said}";
}
std::string Conditions(const std::string& list) { return "numServeEndpoints: 2, conditions: [" + list + "]"; }

Json Service(const std::string& status, const std::string& spec = "{}") {
  return Parsed("metadata: {name: demo, namespace: ns, generation: 3}\nspec: " + spec + "\nstatus: {" +
                status + "}");
}

const std::string kReady = Condition("Ready", "True");

}  // namespace

TEST_CASE("what a rollout comes to") {
  const std::map<std::string, std::vector<Json>> well = {{"old", {ReadyPod("aged")}},
                                                         {"new", {ReadyPod("fresh")}}};
  const std::map<std::string, std::vector<Json>> waits = {{"old", {ReadyPod("aged")}},
                                                          {"new", {UnschedulablePod("fresh")}}};
  const std::map<std::string, std::vector<Json>> hopeless = {{"old", {BadImagePod("aged")}},
                                                             {"new", {BadImagePod("fresh")}}};
  const struct {
    std::string status;
    const std::map<std::string, std::vector<Json>>& pods;
    std::string verdict;
  } rows[] = {
      {Active(kRunning) + Conditions(kReady), well, "serves what was applied, at 2 endpoints"},
      {Active(kRunning) + "serviceStatus: Running", well,
       "serves what was applied, at 0 endpoints"},  // before 1.3
      {Active(kRunning) + Conditions(kReady), hopeless, "serves what was applied, at 2 endpoints"},
      {"observedGeneration: 2, " + Active(kRunning) + Conditions(kReady), well,
       "is on its way: the operator has not seen the last change yet"},
      {"observedGeneration: 3, " + Active(kRunning) + Conditions(kReady), well,
       "serves what was applied, at 2 endpoints"},
      {Active(kDeploying) + Conditions(kReady), well, "is on its way: application \"default\" is DEPLOYING"},
      {Active(kBroken) + Conditions(kReady), well,
       "cannot finish: application \"default\" is DEPLOY_FAILED: no module; named x"},
      {Active("{}") + PendingCluster("{}") +
           Conditions(kReady + "," + Condition("UpgradeInProgress", "True")),
       well, "is on its way: its applications start"},
      {Active("{}") + PendingCluster(kBroken) + Conditions(kReady), well,
       "cannot finish: application \"default\" is DEPLOY_FAILED: no module; named x"},
      {Active("{}") + PendingCluster("{}") + Conditions(kReady), waits,
       "is on its way: pod \"fresh\" cannot be scheduled: 0/1 nodes are available"},
      {PendingCluster("{}") + Conditions(Condition("Ready", "False")), hopeless,
       "cannot finish: pod \"fresh\" "},
      {Active("{}") + PendingCluster(kRunning) +
           Conditions(kReady + "," + Condition("RollbackInProgress", "True")),
       well, "is on its way: it goes back to the active cluster"},
      {Conditions(Condition("Ready", "False", "ValidationFailed")), well,
       "cannot finish: ValidationFailed: said"},
      {"observedGeneration: 3, " + PendingCluster(kDeploying) +
           Conditions(Condition("Ready", "False", "ValidationFailed")),
       well, "is on its way: application \"default\" is DEPLOYING"},  // it was mended
      {PendingCluster(kDeploying) + Conditions(Condition("Ready", "False", "InitializingTimeout")), well,
       "cannot finish: InitializingTimeout: said"},
      {Conditions(Condition("Suspended", "True")), well, "is paused: it is suspended"},
      {Conditions(Condition("Suspending", "True")), well, "is paused: it is suspended"},
      {"", well, "is on its way: its applications start"},
  };
  for (const auto& row : rows) {
    INFO(row.status);
    const std::string text = RenderVerdict(ReadRollout(Service(row.status), row.pods, true));
    CHECK(text.starts_with("rayservice.ray.io/demo " + row.verdict));
  }
  CHECK(ReadRollout(Service(Active(kRunning) + Conditions(kReady), "{suspend: true}"), well, true).verdict ==
        RolloutVerdict::kPaused);
  CHECK(ReadRollout(Json(), {}, true).verdict == RolloutVerdict::kProgressing);
  CHECK(RenderVerdict(ReadRollout(Parsed("metadata: {name: demo}"), {}, true)) ==
        "rayservice.ray.io/demo is on its way: the operator has not seen the last change yet");
}

TEST_CASE("an old report of the applications decides nothing, and all else does") {
  const std::map<std::string, std::vector<Json>> hopeless = {{"new", {BadImagePod("fresh")}}};
  const std::string waits =
      "is on its way: the operator has not reported the applications since the last change";
  const struct {
    std::string status, verdict;
  } rows[] = {
      {Active(kRunning) + Conditions(kReady), waits},
      {Active(kBroken) + Conditions(kReady), waits},
      {Active("{}") + PendingCluster(kBroken) + Conditions(kReady), waits},
      {Active(kDeploying) + Conditions(kReady), "is on its way: application \"default\" is DEPLOYING"},
      {PendingCluster("{}") + Conditions(Condition("Ready", "False")), "cannot finish: pod \"fresh\" "},
      {Conditions(Condition("Ready", "False", "ValidationFailed")), "cannot finish: ValidationFailed: said"},
      {Active(kRunning) + Conditions(kReady + "," + Condition("Suspended", "True")),
       "is paused: it is suspended"},
      {"observedGeneration: 2, " + Active(kRunning) + Conditions(kReady),
       "is on its way: the operator has not seen the last change yet"},
  };
  for (const auto& row : rows) {
    INFO(row.status);
    const std::string text = RenderVerdict(ReadRollout(Service(row.status), hopeless, false));
    CHECK(text.starts_with("rayservice.ray.io/demo " + row.verdict));
  }
}

TEST_CASE("a worker that is not Ready by design counts as ready, and is named as that") {
  Json worker =
      Pod("w",
          "phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: "
          "ray, ready: false, started: true, state: {running: {}}}]");
  worker["metadata"]["labels"]["ray.io/node-type"] = "worker";
  const Rollout rollout =
      ReadRollout(Service(Active(kRunning) + Conditions(kReady)), {{"old", {ReadyPod("h"), worker}}}, true);
  CHECK(RenderRollout(rollout) ==
        "rayservice.ray.io/demo serves what was applied, at 2 endpoints\n"
        "  active   old\n"
        "    application \"default\" is RUNNING\n"
        "      deployment \"Answer\" is HEALTHY\n"
        "    2 of 2 pods ready\n"
        "      w is well: runs Ray, with no Serve proxy on it\n");
  CHECK(RolloutToJson(rollout)["clusters"][0]["remarks"]["w"] == "runs Ray, with no Serve proxy on it");
}

TEST_CASE("the tree of a rollout, escaped, and as JSON") {
  const Json service = Service(
      "activeServiceStatus: {rayClusterName: old, targetCapacity: 50, trafficRoutedPercent: 40, "
      "applicationStatuses: " +
      kRunning +
      "}, pendingServiceStatus: {rayClusterName: new, targetCapacity: 50, trafficRoutedPercent: 60, "
      "applicationStatuses: " +
      kBroken + "}, " + Conditions(kReady));
  CHECK(ClustersOf(service) == std::vector<std::string>{"old", "new"});
  const Rollout rollout = ReadRollout(
      service, {{"old", {ReadyPod("aged")}}, {"new", {UnschedulablePod("fresh"), ReadyPod("more")}}}, true);
  CHECK(RenderRollout(rollout) ==
        "rayservice.ray.io/demo cannot finish: application \"default\" is DEPLOY_FAILED: no module; named x\n"
        "  active   old, capacity 50%, traffic 40%\n"
        "    application \"default\" is RUNNING\n"
        "      deployment \"Answer\" is HEALTHY\n"
        "    1 of 1 pods ready\n"
        "  pending  new, capacity 50%, traffic 60%\n"
        "    application \"default\" is DEPLOY_FAILED: no module; named x\n"
        "      deployment \"Answer\" is UNHEALTHY: \\x1b[31m\n"
        "    1 of 2 pods ready\n"
        "      fresh: cannot be scheduled: 0/1 nodes are available\n");
  const Json json = RolloutToJson(rollout);
  CHECK(json["verdict"] == "failed");
  CHECK(json["clusters"][1]["role"] == "pending");
  CHECK(json["clusters"][1]["trafficPercent"] == 60);
  CHECK(json["clusters"][1]["applications"][0]["deployments"][0]["status"] == "UNHEALTHY");
  CHECK(json["clusters"][1]["troubles"]["fresh"] == "cannot be scheduled: 0/1 nodes are available");
}
