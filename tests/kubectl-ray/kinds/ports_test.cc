#include "kubectl-ray/kinds/ports.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("a port is a whole number up to 65535, and 0 is any") {
  CHECK(ParsePort("0") == 0);
  CHECK(ParsePort("6379") == 6379);
  CHECK(ParsePort("65535") == 65535);
  for (const char* wrong :
       {"", "-1", "65536", "6379 ", " 6379", "+1", "1.0", "$PORT", "99999999999999999999"}) {
    INFO(wrong);
    CHECK(ParsePort(wrong) == std::nullopt);
  }
}

TEST_CASE("rayStartParams name a port, or leave it at what it was") {
  const Json params = {{"port", "6380"}, {"dashboard-port", "0"}, {"metrics-export-port", "$METRICS"}};
  CHECK(PortParam(params, "port", 6379) == 6380);
  CHECK(PortParam(params, "dashboard-port", 8265) == 0);
  CHECK(PortParam(params, "metrics-export-port", 8080) == 8080);
  CHECK(PortParam(params, "ray-client-server-port", 10001) == 10001);
  CHECK(PortParam(Json(), "port", 6379) == 6379);
  CHECK(PortParam(params.get<std::map<std::string, std::string>>(), "port", 6379) == 6380);
}

TEST_CASE("a declared port is found by its name") {
  const Json container = {{"ports",
                           {{{"name", "serve"}, {"containerPort", 8001}},
                            {{"name", "far"}, {"containerPort", 70000}},
                            "rubbish"}}};
  CHECK(DeclaredPort(container, "serve", 8000) == 8001);
  CHECK(DeclaredPort(container, "far", 1) == 1);
  CHECK(DeclaredPort(container, "dashboard", 8265) == 8265);
  CHECK(DeclaredPort(Json(), "serve", 8000) == 8000);
}
