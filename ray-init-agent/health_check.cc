#include "ray-init-agent/health_check.h"

#include <algorithm>

#include "ray-init-agent/user_agent.h"
#include "shared/http_client.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64u << 10;
constexpr const char* kGivenUp = "; Ray went on without it: dashboard.log and dashboard.err tell why";

std::string Authority(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// `server` answers for `component`: what comes from no answer is the server's own. `if_refused` is told where
// nothing listens.
HealthFinding Ask(const shared::HttpClient& http, const char* component, const char* server,
                  const std::string& url, shared::Deadline deadline, const char* if_refused) {
  shared::HttpRequest request;
  request.url = url;
  request.max_body_bytes = kMaxAnswerBytes;
  request.connect_timeout = std::max(std::chrono::milliseconds(1), deadline.Remaining());
  request.deadline = deadline;
  const auto response = http.Send(request);
  if (!response)
    return {server, false,
            shared::EscapeControl(response.error().message) +
                (response.error().failure == shared::HttpFailure::kRefused ? if_refused : "")};
  if (response->status == 200 && response->body.find("success") != std::string::npos)
    return {component, true, ""};
  return {component, false,
          "HTTP " + std::to_string(response->status) + ": \"" +
              shared::EscapeControl(std::string_view(response->body).substr(0, 200)) + "\""};
}

}  // namespace

bool HealthReport::healthy() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const HealthFinding& finding) { return finding.healthy; });
}

std::string HealthReport::ToText() const {
  std::string text;
  for (const HealthFinding& finding : findings)
    text += finding.component + ": " + (finding.healthy ? "ok" : finding.detail) + "\n";
  return text;
}

HealthReport CheckHealth(const HealthTargets& targets, shared::Deadline deadline,
                         const shared::Interrupt* interrupt) {
  shared::HttpOptions options;
  options.interrupt = interrupt;
  options.user_agent = kUserAgent;
  const shared::HttpClient http(std::move(options));
  HealthReport report;
  const std::string raylet = "http://" + Authority(targets.host, targets.dashboard_agent_port);
  report.findings.push_back(
      Ask(http, "raylet", "raylet", raylet + "/api/local_raylet_healthz", deadline, ""));
  if (!targets.head) return report;
  // Ray starts its raylet once the dashboard has come up or is given up, and ends where it ends later.
  const char* given_up = report.healthy() ? kGivenUp : "";
  const std::string dashboard = "http://" + Authority(targets.host, targets.dashboard_port);
  report.findings.push_back(
      Ask(http, "gcs", "dashboard", dashboard + "/api/gcs_healthz", deadline, given_up));
  return report;
}

}  // namespace ray_init_agent
