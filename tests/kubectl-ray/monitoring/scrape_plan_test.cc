#include "kubectl-ray/monitoring/scrape_plan.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "tests/support/demo_spec.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

const std::vector<ScrapePort> kUsualHead = {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}};
const ScrapePort kDeclaredAgent = {"agent-metrics", 0};

ScrapedPods AllHeads(std::vector<std::string> except = {}) {
  ScrapedPods heads{"ray-head", "", std::move(except), "head", {}, kUsualHead};
  heads.ports.push_back(kDeclaredAgent);
  return heads;
}
ScrapedPods AllWorkers(std::vector<std::string> except = {}) {
  return {"ray-workers", "", std::move(except), "worker", {}, {{"metrics", 0}, kDeclaredAgent}};
}

Json Group(const char* params, const char* container = "{}") {
  return {{"rayStartParams", *shared::ParseJson(params)},
          {"template", {{"spec", {{"containers", Json::array({*shared::ParseJson(container)})}}}}}};
}

Json Cluster(const std::string& name, Json head, const std::vector<Json>& workers = {}) {
  Json cluster = {{"metadata", {{"name", name}}}, {"spec", {{"headGroupSpec", std::move(head)}}}};
  for (std::size_t i = 0; i < workers.size(); ++i) {
    Json worker = workers[i];
    worker["groupName"] = "g" + std::to_string(i);
    cluster["spec"]["workerGroupSpecs"].push_back(std::move(worker));
  }
  return cluster;
}

std::vector<ScrapePort> HeadPortsOf(Json cluster) {
  const ScrapePlan plan = PlanScrapes({std::move(cluster)}, "x");
  return plan.pods.empty() || plan.pods.front().node_type != "head" ? std::vector<ScrapePort>()
                                                                    : plan.pods.front().ports;
}

}  // namespace

TEST_CASE("all clusters of a namespace share two entries, those to come included") {
  const ScrapePlan usual{{AllHeads(), AllWorkers()}, {}};
  CHECK(PlanScrapes({}, "") == usual);
  CHECK(PlanScrapes({Cluster("a", Group("{}"), {Group("{}")}), Cluster("b", Group("{}"))}, "") == usual);
  // A number that the container declares is found by its name.
  const char* declared = R"({"name": "ray-head", "ports": [{"name": "metrics", "containerPort": 9090}]})";
  CHECK(PlanScrapes({Cluster("a", Group(R"({"metrics-export-port": "9090"})", declared))}, "") == usual);
}

TEST_CASE("the ports of create cluster --ports are followed without an entry of their own") {
  for (const Backend backend : {Backend::kOperator, Backend::kPlain}) {
    ClusterSpec spec = DemoSpec();
    PortPlan ports;
    ports.metrics = 8082;
    ports.first_worker = 8301;
    REQUIRE(FixPorts(ports, &spec));
    spec.agent.metrics_port = 8081;
    CHECK(PlanScrapes({RayClusterFor(spec, backend)}, "") == ScrapePlan{{AllHeads(), AllWorkers()}, {}});
  }
}

TEST_CASE("where a head is scraped") {
  struct Row {
    const char* what;
    Json cluster;
    std::vector<ScrapePort> ports;
  };
  const std::string moved = R"({"metrics-export-port": "8081"})";
  Json autoscaled =
      Cluster("x", Group("{}", R"({"env": [{"name": "AUTOSCALER_METRIC_PORT", "value": "1"}]})"));
  autoscaled["spec"]["enableInTreeAutoscaling"] = true;
  Json moved_autoscaler = autoscaled;
  moved_autoscaler["spec"]["autoscalerOptions"]["env"] =
      Json::array({{{"name", "AUTOSCALER_METRIC_PORT"}, {"value", "44218"}}});
  const std::vector<Row> rows = {
      {"nothing said", Cluster("x", Group("{}")), kUsualHead},
      {"no head at all", {{"metadata", {{"name", "x"}}}}, kUsualHead},
      {"KubeRay declares 8080, Ray listens elsewhere",
       Cluster("x", Group(moved.c_str())),
       {{"metrics", 8081}, {"as-metrics", 44217}, {"dash-metrics", 44227}}},
      {"declared and not meant",
       Cluster("x", Group("{}", R"({"ports": [{"name": "metrics", "containerPort": 9090}]})")),
       {{"metrics", 8080}, {"as-metrics", 44217}, {"dash-metrics", 44227}}},
      {"a variable moves the dashboard's",
       Cluster("x", Group("{}", R"({"env": [{"name": "DASHBOARD_METRIC_PORT", "value": "44228"}]})")),
       {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44228}}},
      {"a variable that is no number",
       Cluster("x", Group("{}", R"({"env": [{"name": "DASHBOARD_METRIC_PORT", "value": "$P"}]})")),
       kUsualHead},
      {"a variable from elsewhere",
       Cluster("x", Group("{}", R"({"env": [{"name": "DASHBOARD_METRIC_PORT", "valueFrom": {}}]})")),
       kUsualHead},
      {"the autoscaler has a container of its own", autoscaled, kUsualHead},
      {"whose variables count",
       moved_autoscaler,
       {{"metrics", 0}, {"as-metrics", 44218}, {"dash-metrics", 44227}}},
      {"any port",
       Cluster("x", Group(R"({"metrics-export-port": "0"})")),
       {{"as-metrics", 44217}, {"dash-metrics", 44227}}},
      {"the agent's, declared",
       Cluster("x", Group("{}", R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "8081"}],
                                    "ports": [{"name": "agent-metrics", "containerPort": 8081}]})")),
       {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}, {"agent-metrics", 0}}},
      {"the agent's, not declared",
       Cluster("x", Group("{}", R"({"args": ["--health-port=9101"]})")),
       {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}, {"agent-metrics", 9101}}},
      {"declared for an agent that is elsewhere",
       Cluster("x", Group("{}", R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "8082"}],
                                    "ports": [{"name": "agent-metrics", "containerPort": 8081}]})")),
       {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}, {"agent-metrics", 8082}}},
      {"declared for an agent whose port is closed",
       Cluster("x", Group("{}", R"({"ports": [{"name": "agent-metrics", "containerPort": 8081}]})")),
       kUsualHead},
      {"a text that is no port", Cluster("x", Group(R"({"metrics-export-port": "$P"})")), kUsualHead},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(HeadPortsOf(row.cluster) == row.ports);
  }
}

TEST_CASE("a cluster with other ports has entries of its own, and the shared ones leave it out") {
  const Json odd =
      Cluster("odd", Group(R"({"metrics-export-port": "8081"})"),
              {Group("{}"), Group(R"({"metrics-export-port": "8082"})"),
               Group(R"({"metrics-export-port": "8082"})"), Group(R"({"metrics-export-port": "0"})")});
  const Json half = Cluster("half", Group("{}"), {Group(R"({"metrics-export-port": "8082"})")});
  const ScrapePlan plan = PlanScrapes({Cluster("usual", Group("{}")), odd, half}, "");
  CHECK(plan.pods == std::vector<ScrapedPods>{
                         AllHeads({"odd"}),
                         AllWorkers({"odd", "half"}),
                         {"odd-ray-head",
                          "odd",
                          {},
                          "head",
                          {},
                          {{"metrics", 8081}, {"as-metrics", 44217}, {"dash-metrics", 44227}}},
                         {"odd-ray-workers", "odd", {}, "worker", {"g0"}, {{"metrics", 0}}},
                         {"odd-ray-workers-8082", "odd", {}, "worker", {"g1", "g2"}, {{"metrics", 8082}}},
                         {"half-ray-workers-8082", "half", {}, "worker", {"g0"}, {{"metrics", 8082}}}});
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes[0] ==
        "cluster \"odd\": group \"g3\" has its metrics at a port that Ray chooses (metrics-export-port 0), "
        "which no Prometheus finds here");
}

TEST_CASE("agents are scraped by the name of their port, by its number, or not at all") {
  const char* declared = R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "8081"}],
                             "ports": [{"name": "agent-metrics", "containerPort": 8081}]})";
  const char* by_number = R"({"env": [{"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": "9101"}]})";
  // By the name they are found in the shared entries, whoever else is there.
  const Json named = Cluster("named", Group("{}", declared), {Group("{}", declared), Group("{}")});
  CHECK(PlanScrapes({named, Cluster("off", Group("{}"), {Group("{}")})}, "") ==
        ScrapePlan{{AllHeads(), AllWorkers()}, {}});
  // One cluster's entries have them only if they are there.
  CHECK(PlanScrapes({named}, "named").pods ==
        std::vector<ScrapedPods>{
            {"named-ray-head",
             "named",
             {},
             "head",
             {},
             {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}, kDeclaredAgent}},
            {"named-ray-workers", "named", {}, "worker", {}, {{"metrics", 0}, kDeclaredAgent}}});
  const Json odd = Cluster("odd", Group("{}", by_number),
                           {Group("{}"), Group("{}", declared), Group("{}", by_number),
                            Group(R"({"metrics-export-port": "0"})", by_number)});
  CHECK(PlanScrapes({odd}, "").pods ==
        std::vector<ScrapedPods>{
            AllHeads({"odd"}),
            AllWorkers({"odd"}),
            {"odd-ray-head",
             "odd",
             {},
             "head",
             {},
             {{"metrics", 0}, {"as-metrics", 44217}, {"dash-metrics", 44227}, {"agent-metrics", 9101}}},
            {"odd-ray-workers-agent-9101-any", "odd", {}, "worker", {"g3"}, {{"agent-metrics", 9101}}},
            {"odd-ray-workers", "odd", {}, "worker", {"g0"}, {{"metrics", 0}}},
            {"odd-ray-workers-agent", "odd", {}, "worker", {"g1"}, {{"metrics", 0}, kDeclaredAgent}},
            {"odd-ray-workers-agent-9101",
             "odd",
             {},
             "worker",
             {"g2"},
             {{"metrics", 0}, {"agent-metrics", 9101}}}});
}

TEST_CASE("one cluster alone, by its name") {
  const std::vector<Json> clusters = {Cluster("a", Group("{}"), {Group("{}")}), Cluster("b", Group("{}"))};
  CHECK(PlanScrapes(clusters, "a") == ScrapePlan{{{"a-ray-head", "a", {}, "head", {}, kUsualHead},
                                                  {"a-ray-workers", "a", {}, "worker", {}, {{"metrics", 0}}}},
                                                 {}});
  CHECK(PlanScrapes(clusters, "c") == ScrapePlan());
}
