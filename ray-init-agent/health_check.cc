#include "ray-init-agent/health_check.h"

#include <algorithm>

#include "shared/http_client.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64u << 10;

std::string Authority(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

HealthFinding Ask(const shared::HttpClient& http, const char* component, const std::string& url,
                  shared::Deadline deadline) {
  shared::HttpRequest request;
  request.url = url;
  request.max_body_bytes = kMaxAnswerBytes;
  request.connect_timeout = std::max(std::chrono::milliseconds(1), deadline.Remaining());
  request.deadline = deadline;
  const auto response = http.Send(request);
  if (!response) return {component, false, shared::EscapeControl(response.error().message)};
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
  const shared::HttpClient http(std::move(options));
  HealthReport report;
  report.findings.push_back(
      Ask(http, "raylet",
          "http://" + Authority(targets.host, targets.dashboard_agent_port) + "/api/local_raylet_healthz",
          deadline));
  if (targets.head)
    report.findings.push_back(
        Ask(http, "gcs", "http://" + Authority(targets.host, targets.dashboard_port) + "/api/gcs_healthz",
            deadline));
  return report;
}

}  // namespace ray_init_agent
