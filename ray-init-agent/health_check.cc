#include "ray-init-agent/health_check.h"

#include <algorithm>
#include <optional>

#include "ray-init-agent/user_agent.h"
#include "shared/http_client.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64u << 10;
constexpr const char* kGivenUp = "; Ray went on without it: dashboard.log and dashboard.err say why";

std::string Authority(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// What to ask, and which server.
struct Question {
  const char* component;  // the subject of the answer
  const char* server;     // who answers: a failure to answer is its own
  const std::vector<std::string>& hosts;
  std::uint16_t port;
  const char* path;
  const char* if_refused;  // added if nothing listens
};

// Returns the answer of the first host that does not refuse, or the first refusal.
shared::Result<shared::HttpResponse, shared::HttpError> Send(const shared::HttpClient& http,
                                                             const Question& question,
                                                             shared::Deadline deadline) {
  std::optional<shared::HttpError> refusal;
  for (const std::string& host : question.hosts) {
    shared::HttpRequest request;
    request.url = "http://" + Authority(host, question.port) + question.path;
    request.max_body_bytes = kMaxAnswerBytes;
    request.connect_timeout = std::max(std::chrono::milliseconds(1), deadline.Remaining());
    request.deadline = deadline;
    auto response = http.Send(request);
    if (response || response.error().failure != shared::HttpFailure::kRefused) return response;
    if (!refusal) refusal = std::move(response).error();
  }
  return shared::Unexpected(refusal.value_or(shared::HttpError{}));
}

HealthFinding Ask(const shared::HttpClient& http, const Question& question, shared::Deadline deadline) {
  const auto response = Send(http, question, deadline);
  if (!response)
    return {question.server, false,
            shared::EscapeControl(response.error().message) +
                (response.error().failure == shared::HttpFailure::kRefused ? question.if_refused : "")};
  if (response->status == 200 && response->body.find("success") != std::string::npos)
    return {question.component, true, ""};
  return {question.component, false,
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
  report.findings.push_back(Ask(http,
                                {"raylet", "raylet", targets.dashboard_agent_hosts,
                                 targets.dashboard_agent_port, "/api/local_raylet_healthz", ""},
                                deadline));
  if (!targets.head) return report;
  // Ray starts its raylet once the dashboard has come up or is given up, and ends if the dashboard ends
  // later.
  const char* given_up = report.healthy() ? kGivenUp : "";
  report.findings.push_back(
      Ask(http,
          {"gcs", "dashboard", targets.dashboard_hosts, targets.dashboard_port, "/api/gcs_healthz", given_up},
          deadline));
  return report;
}

}  // namespace ray_init_agent
