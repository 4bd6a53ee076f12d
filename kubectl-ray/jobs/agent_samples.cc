#include "kubectl-ray/jobs/agent_samples.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "kubectl-ray/ray/agent_metrics.h"
#include "shared/http_client.h"
#include "shared/thread_group.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::size_t kAtOnce = 24;
constexpr std::chrono::seconds kPatience(10);
constexpr std::chrono::seconds kPatienceInAll(30);
constexpr std::size_t kMaxText = 64u << 20;  // of one agent

// Asks one agent. Errors are clauses; kAuth: the API server lets nobody in.
Result<NodeSample> AskAgent(const KubeClient& kube, const PodPort& agent, const shared::Interrupt& interrupt,
                            shared::Deadline deadline) {
  if (agent.port == 0)
    return Fail(ErrorCode::kUnavailable, "Ray has chosen its port of metrics itself (metrics-export-port 0)");
  const std::string port = "port " + std::to_string(agent.port);
  PodDialer dialer(&kube, agent);
  Result<int> dialled = -1;
  shared::HttpOptions options;
  options.user_agent = std::string("kubectl-ray/") + RAY_VERSION;
  options.interrupt = &interrupt;
  options.dial = [&] {
    dialled = dialer.Dial();
    return dialled ? *dialled : -1;
  };
  const shared::HttpClient http(std::move(options));
  AgentMetrics metrics;
  shared::HttpRequest request{.url = "http://" + agent.pod + ":" + std::to_string(agent.port) + "/metrics"};
  request.deadline = deadline;
  request.accept_gzip = true;
  request.on_body = [&, left = kMaxText](std::string_view piece) mutable {
    metrics.Feed(piece);
    left -= std::min(left, piece.size());
    return left > 0;
  };
  const auto response = http.Send(request);
  if (!response && response.error().failure == shared::HttpFailure::kInterrupted)
    return Fail(ErrorCode::kInterrupted, response.error().message);
  if (!dialled) return shared::Unexpected(dialled.error());
  if (!response && !dialer.last_error().empty())
    return Fail(ErrorCode::kUnavailable, "nothing answers on " + port);
  if (!response) return Fail(ErrorCode::kUnavailable, port + ": " + response.error().message);
  if (response->status != 200)
    return Fail(ErrorCode::kUnavailable, port + " answers with HTTP " + std::to_string(response->status));
  std::optional<NodeSample> sample = metrics.Sample();
  if (!sample) return Fail(ErrorCode::kUnavailable, port + " has no numbers of a Ray node");
  sample->instance = agent.pod;
  return *std::move(sample);
}

// Takes one agent after the other, in several threads.
class AgentQueue {
 public:
  AgentQueue(const KubeClient& kube, const std::vector<PodPort>& agents, const shared::Interrupt& interrupt)
      : kube_(kube), agents_(agents), interrupt_(interrupt) {}

  void Work() {
    for (std::size_t i; (i = next_++) < agents_.size();) {
      Result<NodeSample> sample = Ask(agents_[i]);
      const std::lock_guard lock(mutex_);
      if (sample) {
        answers_.samples.push_back(*std::move(sample));
        continue;
      }
      if (sample.error().code == ErrorCode::kAuth) forbidden_ = sample.error().message;
      if (sample.error().code == ErrorCode::kInterrupted) interrupted_ = true;
      answers_.unread.emplace(agents_[i].pod, std::move(sample).error().message);
    }
  }

  Result<AgentAnswers> Answers() {
    if (interrupted_) return Fail(ErrorCode::kInterrupted, "interrupted while asking Ray's agents");
    return std::move(answers_);
  }

 private:
  Result<NodeSample> Ask(const PodPort& agent) {
    {
      const std::lock_guard lock(mutex_);
      if (interrupted_) return Fail(ErrorCode::kInterrupted, "interrupted");
      if (!forbidden_.empty()) return Fail(ErrorCode::kAuth, forbidden_);
    }
    if (end_.passed()) return Fail(ErrorCode::kTimeout, "there was no time left to ask it");
    return AskAgent(kube_, agent, interrupt_, shared::Deadline::After(kPatience).Min(end_));
  }

  const KubeClient& kube_;
  const std::vector<PodPort>& agents_;
  const shared::Interrupt& interrupt_;
  const shared::Deadline end_ = shared::Deadline::After(kPatienceInAll);
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  AgentAnswers answers_;
  std::string forbidden_;
  bool interrupted_ = false;
};

}  // namespace

Result<AgentAnswers> AskAgents(const KubeClient& kube, const std::vector<PodPort>& agents,
                               const shared::Interrupt& interrupt) {
  AgentQueue queue(kube, agents, interrupt);
  shared::ThreadGroup threads;
  for (std::size_t i = 1; i < std::min(kAtOnce, agents.size()); ++i)
    if (!threads.Start([&queue] { queue.Work(); })) break;
  queue.Work();  // here, too, so that it is done without threads as well
  threads.JoinAll();
  return queue.Answers();
}

}  // namespace kubectl_ray
