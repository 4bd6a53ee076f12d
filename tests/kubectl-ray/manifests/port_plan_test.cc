#include "kubectl-ray/manifests/port_plan.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/deployments.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "tests/support/demo_spec.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

// The error of a file of --ports, or of the cluster with its ports; empty if all is well.
std::string Refused(const std::string& file, ClusterSpec spec = DemoSpec()) {
  const auto plan = ParsePortPlan("ports.yaml", file);
  shared::Status status = shared::Ok();
  if (!plan) {
    status = shared::Unexpected(plan.error());
  } else {
    status = FixPorts(*plan, &spec);
    if (status) status = CheckClusterSpec(spec);
  }
  if (status) return "";
  CHECK(status.error().code == ErrorCode::kUsage);
  return status.error().message;
}

}  // namespace

TEST_CASE("the preset gives every port a number, on head and workers") {
  ClusterSpec spec = DemoSpec();
  REQUIRE(FixPorts({}, &spec));
  CHECK(CheckClusterSpec(spec));
  const StringMap node = {{"dashboard-agent-grpc-port", "7004"}, {"dashboard-agent-listen-port", "52365"},
                          {"max-worker-port", "10201"},          {"metrics-export-port", "8080"},
                          {"min-worker-port", "10002"},          {"node-manager-port", "7001"},
                          {"object-manager-port", "7002"},       {"runtime-env-agent-port", "7003"}};
  CHECK(spec.worker_groups[0].ray_start_params == node);
  StringMap head = node;
  head.insert({{"port", "6379"}, {"dashboard-port", "8265"}, {"ray-client-server-port", "10001"}});
  CHECK(spec.head.ray_start_params == head);
}

// The ports of the site in the seeds.
TEST_CASE("a file's ports are in rayStartParams and in the containers") {
  const auto plan = ParsePortPlan("ports.yaml",
                                  "gcs: 6380\nclient: 10002\ndashboard: 8266\nserve: 8001\nmetrics: 8081\n"
                                  "workers: 8301-8600\n");
  REQUIRE(plan);
  ClusterSpec spec = DemoSpec();
  spec.head.ray_start_params = {{"metrics-export-port", "8082"}};  // what is said itself stays
  REQUIRE(FixPorts(*plan, &spec));
  REQUIRE(CheckClusterSpec(spec));
  const Json ray_cluster = RayClusterFor(spec, Backend::kOperator);
  const Json& head = ray_cluster["spec"]["headGroupSpec"];
  CHECK(head["rayStartParams"]["port"] == "6380");
  CHECK(head["rayStartParams"]["max-worker-port"] == "8600");
  std::map<std::string, int> declared;
  for (const Json& port : head["template"]["spec"]["containers"][0]["ports"])
    declared[port["name"].get<std::string>()] = port["containerPort"].get<int>();
  CHECK(declared == std::map<std::string, int>{{"gcs-server", 6380},
                                               {"dashboard", 8266},
                                               {"client", 10002},
                                               {"serve", 8001},
                                               {"metrics", 8082},
                                               {"node-manager", 7001},
                                               {"object-manager", 7002},
                                               {"runtime-env", 7003}});
}

TEST_CASE("the workers' ports are sized for the largest node") {
  CHECK(WorkerPortsFor(0) == 200);
  CHECK(WorkerPortsFor(20) == 200);
  CHECK(WorkerPortsFor(21) == 210);
  CHECK(WorkerPortsFor(INT64_MAX) == 65536);
  ClusterSpec spec = DemoSpec();
  spec.worker_groups[0].resources.cpu = "63500m";
  REQUIRE(FixPorts({}, &spec));
  CHECK(spec.head.ray_start_params["max-worker-port"] == "10641");
  spec = DemoSpec();
  spec.worker_groups[0].ray_start_params = {{"num-cpus", "1000"}};
  REQUIRE(FixPorts({}, &spec));
  CHECK(spec.worker_groups[0].ray_start_params["max-worker-port"] == "20001");
}

TEST_CASE("ports that cannot be are refused, with what they meet") {
  struct Row {
    const char* file;
    const char* refused;  // empty: taken
  };
  const Row rows[] = {
      {"", ""},
      {"workers: 8301", ""},
      {"workers: 22999", "\"workers\" (22999-23198) overlaps Ray's own servers for clients (23000-23999)"},
      {"workers: 22800", ""},
      {"workers: 65400", "there are not 200 of them from 65400 on for the workers"},
      {"workers: 8301-8302", "the workers' ports 8301 to 8302 of the head are 2 for 2 CPUs and a driver"},
      {"workers: 8301-8303", ""},
      {"workers: 8303-8301", "ports.yaml:1:10: the range of ports is empty"},
      {"workers: 8301-", "ports.yaml:1:10: a port from 1024 to 65535 is wanted here"},
      {"gcs: 7001", "\"node-manager\" (7001) overlaps \"gcs\" (7001)"},
      {"serve: 8265", "\"serve\" (8265) overlaps \"dashboard\" (8265)"},
      // ray#18308: `ray start --object-manager-port=12345` with Ray's own range of workers.
      {"object-manager: 12345\nworkers: 10002-19999",
       "\"workers\" (10002-19999) overlaps \"object-manager\" (12345)"},
      {"object-manager: 12345", ""},
      {"metrics: 44217", "\"metrics\" (44217) overlaps the autoscaler's metrics (44217)"},
      {"gcs: 1023", "ports.yaml:1:6: a port from 1024 to 65535 is wanted here"},
      {"gcs: 1024", ""},
      {"gcs: [1]", "a port from 1024 to 65535 is wanted here"},
      {"gsc: 6380", "ports.yaml:1:1: unknown port \"gsc\""},
      {"- gcs", "a map of names to ports is wanted here"},
      // A worker keeps the head's default ports for itself.
      {"dashboard: 9265\nworkers: 8200-8300", "port 8265 of \"dashboard-port\" (its default) lies among"},
  };
  for (const Row& row : rows) {
    INFO(row.file);
    const std::string refused = Refused(row.file);
    INFO(refused);
    CHECK(refused.empty() == std::string(row.refused).empty());
    CHECK(refused.find(row.refused) != refused.npos);
  }
}

TEST_CASE("probes and the Service of a cluster without the operator follow moved ports") {
  ClusterSpec spec = DemoSpec();
  spec.agent.delivery = AgentOptions::Delivery::kNone;
  PortPlan plan;
  plan.gcs = 6380;
  plan.dashboard = 8266;
  plan.dashboard_agent = 52366;
  plan.serve = 8001;
  REQUIRE(FixPorts(plan, &spec));
  const auto plain = DeploymentsFor(RayClusterFor(spec, Backend::kPlain));
  REQUIRE(plain);
  const Json& head = plain->head["spec"]["template"]["spec"]["containers"][0];
  for (const char* probe : {"readinessProbe", "livenessProbe"}) {
    const std::string command = head[probe]["exec"]["command"][2].get<std::string>();
    CHECK(command.find("localhost:8266/api/gcs_healthz") != command.npos);
    CHECK(command.find("localhost:52366/api/local_raylet_healthz") != command.npos);
  }
  std::map<std::string, int> served;
  for (const Json& port : plain->service["spec"]["ports"])
    served[port["name"].get<std::string>()] = port["targetPort"].get<int>();
  CHECK(served["gcs-server"] == 6380);
  CHECK(served["serve"] == 8001);
  CHECK(served["object-manager"] == 7002);
}

TEST_CASE("a new group follows the ports that its cluster has fixed") {
  ClusterSpec spec = DemoSpec();
  REQUIRE(FixPorts({}, &spec));
  WorkerGroup group;
  group.ray_start_params = {{"metrics-export-port", "8082"}};
  FollowFixedPorts(RayClusterFor(spec, Backend::kOperator), &group);
  StringMap expected = spec.worker_groups[0].ray_start_params;
  expected["metrics-export-port"] = "8082";
  CHECK(group.ray_start_params == expected);
  WorkerGroup free;
  ClusterSpec with_gcs = DemoSpec();
  with_gcs.head.ray_start_params = {{"port", "6380"}, {"metrics-export-port", "8082"}};
  FollowFixedPorts(RayClusterFor(with_gcs, Backend::kOperator), &free);
  CHECK(free.ray_start_params.empty());
}

TEST_CASE("a moved GCS and an autoscaler that dials 6379 are named") {
  ClusterSpec spec = DemoSpec();
  spec.autoscaler = "v2";
  spec.ray_version = "2.52.0";
  CHECK(AutoscalerMissesGcs(RayClusterFor(spec, Backend::kOperator)).empty());
  spec.head.ray_start_params = {{"port", "6380"}};
  CHECK(AutoscalerMissesGcs(RayClusterFor(spec, Backend::kOperator)) ==
        "the GCS listens on 6380, and the autoscaler of Ray 2.52.0 dials 6379");
  spec.ray_version = "2.60.0";
  CHECK(AutoscalerMissesGcs(RayClusterFor(spec, Backend::kOperator)).empty());
}

TEST_CASE("a RayCluster of somebody's gets the ports, and declares those that have a name") {
  Json cluster = Json::parse(R"({"spec": {
    "headGroupSpec": {"rayStartParams": {"dashboard-port": "8270", "num-cpus": 2}, "template": {"spec": {"containers": [
      {"name": "ray", "ports": [{"containerPort": 8265, "name": "dashboard"}, {"containerPort": 6379}]}]}}},
    "workerGroupSpecs": [{"groupName": "big", "template": {"spec": {"containers": [
      {"name": "ray", "resources": {"requests": {"cpu": 4}, "limits": {"cpu": "30"}}}]}}}]}})");
  PortPlan plan;
  plan.serve = 8001;
  REQUIRE(FixPorts(plan, &cluster));
  const Json& head = cluster["spec"]["headGroupSpec"];
  CHECK(head["rayStartParams"]["dashboard-port"] == "8270");  // what is said itself stays
  CHECK(head["rayStartParams"]["num-cpus"] == "2");
  CHECK(head["rayStartParams"]["max-worker-port"] == "10301");  // ten for each CPU of the largest node
  CHECK(head["template"]["spec"]["containers"][0]["ports"] == Json::parse(R"([
    {"containerPort": 8270, "name": "dashboard"}, {"containerPort": 6379, "name": "gcs-server"},
    {"containerPort": 8080, "name": "metrics"}, {"containerPort": 10001, "name": "client"},
    {"containerPort": 8001, "name": "serve"}])"));
  const Json& worker = cluster["spec"]["workerGroupSpecs"][0];
  CHECK(worker["rayStartParams"]["node-manager-port"] == "7001");
  CHECK_FALSE(worker["rayStartParams"].contains("port"));
  CHECK(worker["template"]["spec"]["containers"][0]["ports"] ==
        Json::parse(R"([{"containerPort": 8080, "name": "metrics"}])"));

  const Json once = cluster;
  REQUIRE(FixPorts(plan, &cluster));
  CHECK(cluster == once);  // so that a second `up` changes nothing

  plan.last_worker = 10005;
  cluster["spec"]["workerGroupSpecs"][0]["rayStartParams"] = Json::object();
  CHECK(FixPorts(plan, &cluster).error().message ==
        "cannot use the ports: the workers' ports 10002 to 10005 of group \"big\" are 4 for 30 CPUs and a "
        "driver, so that tasks hang");
}

TEST_CASE("a RayCluster without workers gets the head's ports") {
  Json cluster = Json::parse(
      R"({"spec": {"headGroupSpec": {"template": {"spec": {"containers": [{"name": "ray"}]}}}}})");
  REQUIRE(FixPorts({}, &cluster));
  CHECK(cluster["spec"]["headGroupSpec"]["rayStartParams"]["port"] == "6379");
  CHECK_FALSE(cluster["spec"].contains("workerGroupSpecs"));
}

TEST_CASE("the agent's own port is none of Ray's") {
  struct Row {
    const char* what;
    int port;
    StringMap params;  // of head and workers
    const char* clash;
  };
  const Row rows[] = {
      {"off", 0, {}, ""},
      {"the usual", 8081, {}, ""},
      {"where --ports fixed would be", 7001, {}, ""},
      {"Ray's metrics are moved there",
       8081,
       {{"metrics-export-port", "8081"}},
       "the port 8081 of ray-init-agent's metrics on the head is that of \"metrics\" (8081), too"},
      {"the head's alone",
       8265,
       {},
       "the port 8265 of ray-init-agent's metrics on the head is that of \"dashboard\" (8265), too"},
      {"what Ray takes by itself",
       44217,
       {},
       "the port 44217 of ray-init-agent's metrics on the head is that of the autoscaler's metrics (44217), "
       "too"},
      {"the last of the workers'",
       19999,
       {},
       "the port 19999 of ray-init-agent's metrics on the head is that of \"workers\" (10002-19999), too"},
      {"beside the workers'", 20000, {}, ""},
      {"the workers' are moved", 10002, {{"min-worker-port", "8301"}, {"max-worker-port", "8600"}}, ""},
      {"the workers' are a list", 10002, {{"worker-port-list", "8301,8302"}}, ""},
      {"the workers' are by chance", 10002, {{"min-worker-port", "0"}, {"max-worker-port", "0"}}, ""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    ClusterSpec spec = DemoSpec();
    spec.agent.metrics_port = row.port;
    spec.head.ray_start_params = spec.worker_groups[0].ray_start_params = row.params;
    const Json cluster = RayClusterFor(spec, Backend::kOperator);
    const std::string clash =
        AgentPortClash(shared::At(cluster, {"spec", "headGroupSpec"}), "the head", true);
    CHECK(clash == row.clash);
    const auto checked = CheckAgentPorts(shared::At(cluster, {"spec"}));
    CHECK((checked ? "" : checked.error().message) ==
          (clash.empty() ? "" : "cannot use the ports: " + clash));
  }
  // A worker has no dashboard.
  ClusterSpec spec = DemoSpec();
  spec.agent.metrics_port = 8265;
  const Json group = RayClusterFor(spec, Backend::kOperator)["spec"]["workerGroupSpecs"][0];
  CHECK(AgentPortClash(group, "group \"a\"", false).empty());
  CHECK(!CheckAgentPorts(
      {{"workerGroupSpecs",
        {{{"rayStartParams", {{"metrics-export-port", "8265"}}}, {"template", group["template"]}}}}}));
  CHECK(CheckAgentPorts(Json()));
}
