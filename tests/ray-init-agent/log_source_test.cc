#include "ray-init-agent/log_source.h"

#include <catch2/catch_test_macros.hpp>

using namespace ray_init_agent;

// Names as Ray 2.52 makes them, and where it is said 2.9.3 and 2.40.
TEST_CASE("ParseLogPath") {
  const struct {
    std::string_view path;
    LogSource source;
  } rows[] = {
      {"raylet.out", {"raylet", "", "", "", 0}},
      {"raylet.out.3", {"raylet", "", "", "", 3}},
      {"raylet.3.out", {"raylet", "", "", "", 3}},
      {"worker-ab12-01000000-77.err", {"worker", "ab12", "01000000", "77", 0}},
      {"old/worker-ab12-01000000-77.out", {"worker", "ab12", "01000000", "77", 0}},
      {"python-core-worker-ab12_77.log", {"python-core-worker", "ab12", "", "77", 0}},
      {"job-driver-raysubmit_1.log", {"job-driver", "", "raysubmit_1", "", 0}},
      {"serve/controller_123.log", {"serve/controller_123", "", "", "", 0}},
      {"dashboard_agent.log", {"dashboard_agent", "", "", "", 0}},
      {"agent-424238335.out", {"dashboard_agent", "", "", "", 0}},  // 2.9.3, 2.40
      {"agent-424238335.err.1", {"dashboard_agent", "", "", "", 1}},
      {"agent-.out", {"agent-", "", "", "", 0}},
      {"agent-x.out", {"agent-x", "", "", "", 0}},
      {"agent.out", {"agent", "", "", "", 0}},
      {"proxy_10.0.0.3.log", {"proxy_10.0.0.3", "", "", "", 0}},
      {"", {"", "", "", "", 0}},
  };
  for (const auto& row : rows) {
    INFO(row.path);
    CHECK(ParseLogPath(row.path) == row.source);
  }
}

TEST_CASE("UnrotatedPath and WithRotation") {
  CHECK(UnrotatedPath("serve/a.log.3") == "serve/a.log");
  CHECK(UnrotatedPath("a.3.log") == "a.log");
  CHECK(UnrotatedPath("a.log") == "a.log");
  CHECK(WithRotation("serve/a.log.3", 2) == "serve/a.log.2");
  CHECK(WithRotation("a.3.log", 12) == "a.12.log");
  CHECK(WithRotation("name.1234", 1) == "name.1");
}
