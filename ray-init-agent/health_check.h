// Asks whether this node's Ray is healthy, for a probe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "shared/deadline.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

struct HealthTargets {
  bool head = false;  // then the dashboard is asked too, and through it the GCS
  // The hosts at which the two listen: names or addresses, IPv6 without brackets. The first host that does
  // not refuse is the one that answers.
  std::vector<std::string> dashboard_agent_hosts = {"127.0.0.1", "::1"};
  std::vector<std::string> dashboard_hosts = {"127.0.0.1", "::1"};
  std::uint16_t dashboard_agent_port = 52365;  // --dashboard-agent-listen-port
  std::uint16_t dashboard_port = 8265;         // --dashboard-port

  bool operator==(const HealthTargets&) const = default;
};

struct HealthFinding {
  std::string component;  // "raylet", "gcs", or "dashboard" if that does not answer for the GCS
  bool healthy = false;
  std::string detail;  // why not: "connection refused", `HTTP 503: "..."`; empty if healthy
};

struct HealthReport {
  std::vector<HealthFinding> findings;

  bool healthy() const;
  // One line for each finding: `raylet: ok`, `dashboard: connection refused`.
  std::string ToText() const;
};

// Asks the dashboard agent's /api/local_raylet_healthz and, on a head, the dashboard's /api/gcs_healthz; both
// answer 200 and "success" if all is well. Ray continues without a dashboard that failed while it started,
// and the report says so. Blocks until `deadline` at most, or until `interrupt` is raised.
// Source: Ray 2.52, dashboard/modules/reporter/{healthz_agent,reporter_head}.py.
HealthReport CheckHealth(const HealthTargets& targets, shared::Deadline deadline,
                         const shared::Interrupt* interrupt);

}  // namespace ray_init_agent
