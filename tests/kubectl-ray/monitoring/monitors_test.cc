#include "kubectl-ray/monitoring/monitors.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/monitoring/dashboards.h"
#include "kubectl-ray/monitoring/scrape_config.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;

namespace {

// All clusters, and one whose ports are elsewhere.
ScrapePlan Plan() {
  const auto group = [](const char* name, const char* port) {
    const Json agent = {{"args", {"--health-port=9101"}}};  // which no port names
    return Json{{"groupName", name},
                {"rayStartParams", {{"metrics-export-port", port}}},
                {"template", {{"spec", {{"containers", Json::array({agent})}}}}}};
  };
  const Json odd = {{"metadata", {{"name", "odd"}}},
                    {"spec",
                     {{"headGroupSpec", group("", "8081")},
                      {"workerGroupSpecs", {group("cpus", "8080"), group("gpus", "8082")}}}}};
  return PlanScrapes({odd}, "");
}

const OperatorService kOperator{
    "kuberay", "kuberay-operator", "http", {{"app.kubernetes.io/name", "kuberay-operator"}}};

std::string Documents(const std::vector<Json>& objects) {
  std::string text;
  for (const Json& object : objects) text += (text.empty() ? "" : "---\n") + DumpYaml(object);
  return text;
}

bool IsInterval(const std::string& text) { return CheckInterval(text).has_value(); }

}  // namespace

TEST_CASE("monitors, whole") {
  const MonitorObjectOptions options{"team", "team", {{"release", "kps"}}, "15s"};
  std::vector<Json> monitors = PodMonitorsFor(Plan(), options);
  monitors.push_back(ServiceMonitorFor(kOperator, options));
  CheckGolden("monitoring/monitors.yaml", Documents(monitors));
  CheckGolden("monitoring/monitors-elsewhere.yaml",
              Documents(PodMonitorsFor(PlanScrapes({}, ""), {"monitoring", "team", {}, ""})));
}

TEST_CASE("scrape_configs, whole") {
  CheckGolden("monitoring/scrape-config.yaml", DumpYaml(ScrapeConfigFor(Plan(), "team", kOperator, "15s")));
  CheckGolden("monitoring/scrape-config-plain.yaml",
              DumpYaml(ScrapeConfigFor(PlanScrapes({}, ""), "team", std::nullopt, "")));
}

TEST_CASE("dashboards, whole") {
  CheckGolden("monitoring/dashboards.yaml", Documents(DashboardConfigMaps("team")));
  // Each is JSON by itself.
  for (const Json& map : DashboardConfigMaps("team"))
    for (const auto& [name, text] : map["data"].items()) CHECK(shared::ParseJson(text.get<std::string>()));
}

TEST_CASE("the agent has the series that are shown of it") {
  std::ifstream file(std::string(TESTDATA) + "/agent/metrics.txt", std::ios::binary);
  REQUIRE(file);
  const std::string metrics((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string prefix = "ray_init_agent_";
  std::size_t shown = 0;
  for (const Json& map : DashboardConfigMaps("team"))
    for (const auto& [name, value] : map["data"].items()) {
      const std::string text = value.get<std::string>();
      for (std::size_t at = 0; (at = text.find(prefix, at)) != text.npos; at += prefix.size(), ++shown) {
        const std::string series = text.substr(at, text.find('{', at) - at);
        INFO(series);
        CHECK(metrics.find("# TYPE " + series + " ") != metrics.npos);
      }
    }
  CHECK(shown >= 7);
}

TEST_CASE("an operator's Service is found by whom it selects") {
  const Json deployment = {{"spec", {{"template", {{"metadata", {{"labels", {{"a", "1"}, {"b", "2"}}}}}}}}}};
  const auto service = [](Json selector, Json ports, Json labels) {
    return Json{{"metadata", {{"name", "s"}, {"namespace", "ns"}, {"labels", std::move(labels)}}},
                {"spec", {{"selector", std::move(selector)}, {"ports", std::move(ports)}}}};
  };
  const Json ports = Json::array({{{"name", "http"}, {"port", 8080}}});
  const Json labels = {{"helm.sh/chart", "kuberay-operator-1.6.2"},
                       {"app.kubernetes.io/name", "kuberay-operator"},
                       {"app.kubernetes.io/instance", "mine"}};
  struct Row {
    const char* what;
    Json service;
    bool found;
  };
  const std::vector<Row> rows = {
      {"selects it", service({{"a", "1"}}, ports, labels), true},
      {"selects others", service({{"a", "2"}}, ports, labels), false},
      {"wants more", service({{"a", "1"}, {"c", "3"}}, ports, labels), false},
      {"selects nothing", service(Json::object(), ports, labels), false},
      {"has no ports", service({{"a", "1"}}, Json::array(), labels), false},
      {"its port has no name", service({{"a", "1"}}, Json::array({{{"port", 8080}}}), labels), false},
      {"has no label that stays", service({{"a", "1"}}, ports, {{"helm.sh/chart", "x"}}), false},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(OperatorServiceOf(deployment, {row.service}).has_value() == row.found);
  }
  CHECK(OperatorServiceOf(deployment, {rows[1].service, rows[0].service}) ==
        OperatorService{
            "ns",
            "s",
            "http",
            {{"app.kubernetes.io/name", "kuberay-operator"}, {"app.kubernetes.io/instance", "mine"}}});
  CHECK(!OperatorServiceOf(deployment, {}));
}

TEST_CASE("intervals are Prometheus' durations") {
  for (const char* good : {"15s", "1m", "1m30s", "500ms", "1h0m30s", "1y2w3d4h5m6s7ms", "0h1s"}) {
    INFO(good);
    CHECK(IsInterval(good));
  }
  for (const char* bad : {"", "15", "s", "0", "0s", "-1s", "1.5s", "30s1m", "1m1m", "15 s", "15S", "1ms1s",
                          "99999999999s", "1m30"}) {
    INFO(bad);
    CHECK(!IsInterval(bad));
  }
  CHECK(CheckInterval("\x1b[2J").error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("a label's key as Prometheus writes it") {
  CHECK(SeriesLabel("ray.io/node-type") == "ray_io_node_type");
  CHECK(SeriesLabel("a_B9") == "a_B9");
}
