#include "ray-init-agent/health_check.h"

#include <dirent.h>

#include <algorithm>
#include <memory>

#include "ray-init-agent/files.h"
#include "shared/http_client.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64u << 10;
constexpr const char* kDashboard = "dashboard";

std::string Authority(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// `server` answers for `component`: what comes from no answer is the server's own.
HealthFinding Ask(const shared::HttpClient& http, const char* component, const char* server,
                  const std::string& url, shared::Deadline deadline) {
  shared::HttpRequest request;
  request.url = url;
  request.max_body_bytes = kMaxAnswerBytes;
  request.connect_timeout = std::max(std::chrono::milliseconds(1), deadline.Remaining());
  request.deadline = deadline;
  const auto response = http.Send(request);
  if (!response) return {server, false, shared::EscapeControl(response.error().message)};
  if (response->status == 200 && response->body.find("success") != std::string::npos)
    return {component, true, ""};
  return {component, false,
          "HTTP " + std::to_string(response->status) + ": \"" +
              shared::EscapeControl(std::string_view(response->body).substr(0, 200)) + "\""};
}

// Ray starts its dashboard before its raylet, and goes on without one that did not come up.
bool DashboardRuns() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc"), closedir);
  if (directory == nullptr) return true;
  while (const dirent* entry = readdir(directory.get())) {
    const auto command = ReadSmallFile("/proc/" + std::string(entry->d_name) + "/cmdline");
    if (command && command->find("/ray/dashboard/dashboard.py") != std::string::npos) return true;
  }
  return false;
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
  const std::string raylet = "http://" + Authority(targets.host, targets.dashboard_agent_port);
  report.findings.push_back(Ask(http, "raylet", "raylet", raylet + "/api/local_raylet_healthz", deadline));
  if (!targets.head) return report;
  const std::string dashboard = "http://" + Authority(targets.host, targets.dashboard_port);
  HealthFinding head = Ask(http, "gcs", kDashboard, dashboard + "/api/gcs_healthz", deadline);
  if (head.component == kDashboard && report.healthy() && !DashboardRuns())
    head.detail += "; its process has ended: dashboard.log and dashboard.err tell why";
  report.findings.push_back(std::move(head));
  return report;
}

}  // namespace ray_init_agent
