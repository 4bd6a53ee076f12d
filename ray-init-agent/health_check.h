// Whether this node's Ray is healthy, as a probe asks it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "shared/deadline.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

struct HealthTargets {
  bool head = false;  // then the dashboard and, through it, the GCS are asked too
  // Where the two listen: names or addresses, IPv6 without brackets. The first that does not refuse answers.
  std::vector<std::string> dashboard_agent_hosts = {"127.0.0.1", "::1"};
  std::vector<std::string> dashboard_hosts = {"127.0.0.1", "::1"};
  std::uint16_t dashboard_agent_port = 52365;  // --dashboard-agent-listen-port
  std::uint16_t dashboard_port = 8265;         // --dashboard-port

  bool operator==(const HealthTargets&) const = default;
};

struct HealthFinding {
  std::string component;  // "raylet", "gcs", or "dashboard" where that does not answer for the GCS
  bool healthy = false;
  std::string detail;  // why not: "connection refused", `HTTP 503: "..."`; empty where healthy
};

struct HealthReport {
  std::vector<HealthFinding> findings;

  bool healthy() const;
  // One line a finding: `raylet: ok`, `dashboard: connection refused`.
  std::string ToText() const;
};

// Asks the dashboard agent's /api/local_raylet_healthz and, on a head, the dashboard's /api/gcs_healthz; both
// answer 200 and "success". Ray goes on without a dashboard that failed while it started: that is told.
// Blocks until the deadline at most.
HealthReport CheckHealth(const HealthTargets& targets, shared::Deadline deadline,
                         const shared::Interrupt* interrupt);

}  // namespace ray_init_agent
