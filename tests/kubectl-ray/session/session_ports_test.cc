#include "kubectl-ray/session/session_ports.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::DescribePort;
using kubectl_ray::Json;
using kubectl_ray::ParseSessionPorts;
using kubectl_ray::PortsOfService;
using kubectl_ray::SessionPort;

namespace {

std::vector<int> Remotes(const std::vector<SessionPort>& ports) {
  std::vector<int> numbers;
  for (const SessionPort& port : ports) numbers.push_back(port.remote);
  return numbers;
}

}  // namespace

TEST_CASE("a service's own ports are taken, whatever their numbers") {
  const Json service = {
      {"spec",
       {{"ports", Json::array({{{"name", "gcs-server"}, {"port", 6380}},
                               {{"name", "dashboard"}, {"port", 80}, {"targetPort", "http"}},
                               {{"name", "serve"}, {"port", 8001}, {"targetPort", 9001}},
                               {{"name", "metrics"}, {"port", 70000}}})}}}};
  const Json pod = {
      {"spec",
       {{"containers",
         Json::array({{{"ports", Json::array({{{"name", "http"}, {"containerPort", 8266}}})}}})}}}};
  CHECK(Remotes(PortsOfService(service, pod)) == std::vector<int>{8266, 10001, 9001});
  CHECK(Remotes(PortsOfService(service, Json())) == std::vector<int>{80, 10001, 9001});
}

TEST_CASE("without a service, Ray's own ports") {
  for (const Json& service : {Json(), Json::object(), Json("text"), Json{{"spec", {{"ports", 5}}}}})
    CHECK(Remotes(PortsOfService(service, Json())) == std::vector<int>{8265, 10001});
}

// Who may not list Services has the ports of the pod.
TEST_CASE("without a service, what the head's container declares") {
  const Json pod = {{"spec",
                     {{"containers",
                       {{{"name", "proxy"}, {"ports", {{{"name", "dashboard"}, {"containerPort", 1}}}}},
                        {{"name", "ray-head"},
                         {"ports",
                          {{{"name", "dashboard"}, {"containerPort", 8266}},
                           {{"name", "client"}, {"containerPort", 10002}}}}}}}}}};
  CHECK(Remotes(PortsOfService(Json(), pod)) == std::vector<int>{8266, 10002});
}

TEST_CASE("--port") {
  const auto known = PortsOfService(Json(), Json());
  const auto none = ParseSessionPorts({}, known);
  REQUIRE(none.has_value());
  CHECK(*none == known);

  const auto named = ParseSessionPorts({"9000:dashboard", "10001", "0:7000", "7001"}, known);
  REQUIRE(named.has_value());
  CHECK((*named)[0] == SessionPort{"dashboard", "Ray Dashboard", "http", 8265, 9000, true});
  CHECK((*named)[1] == SessionPort{"client", "Ray Interactive Client", "ray", 10001, 10001, false});
  CHECK((*named)[2] == SessionPort{"7000", "Port 7000", "", 7000, 0, false});
  CHECK((*named)[3] == SessionPort{"7001", "Port 7001", "", 7001, 7001, false});

  for (const char* wrong : {"", ":", "x", "1:", ":8265", "-1", "65536", "8265:0", "1:2:3",
                            "99999999999999999999", "8265 ", "\xff", "--help"}) {
    INFO(wrong);
    const auto parsed = ParseSessionPorts({wrong}, known);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == shared::ErrorCode::kUsage);
  }
  CHECK(!ParseSessionPorts({"9000:1", "9000:2"}, known).has_value());
  CHECK(ParseSessionPorts({"0:1", "0:2"}, known).has_value());
}

TEST_CASE("printed lines can be clicked") {
  const auto ports = PortsOfService(Json(), Json());
  CHECK(DescribePort(ports[0], 8265) == "Ray Dashboard: http://localhost:8265");
  CHECK(DescribePort(ports[1], 40000) == "Ray Interactive Client: ray://localhost:40000");
  CHECK(DescribePort({"7000", "Port 7000", "", 7000, 0, false}, 7000) == "Port 7000: localhost:7000");
}
