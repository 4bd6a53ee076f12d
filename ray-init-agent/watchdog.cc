#include "ray-init-agent/watchdog.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "ray-init-agent/retry_pause.h"
#include "shared/duration.h"
#include "shared/json.h"

namespace ray_init_agent {
namespace {

constexpr std::chrono::milliseconds kCallTimeout = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kIntervalIfAway = std::chrono::seconds(2);

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const unsigned char c : bytes.substr(0, 6)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", c);
    text += digits;
  }
  return text;
}

}  // namespace

std::optional<Failure> WatchdogState::OnAnswer(const std::string& cluster_id, Clock::time_point now) {
  last_answer_ = now;
  if (cluster_id.empty()) return std::nullopt;  // the GCS does not know it yet
  if (cluster_id_.empty()) cluster_id_ = cluster_id;
  if (cluster_id_ == cluster_id) return std::nullopt;
  return Failure{
      kExitClusterReplaced,
      {shared::ErrorCode::kConflict,
       "the gcs at \"" + gcs_ + "\" came back as another cluster (" + Hex(cluster_id) + ", was " +
           Hex(cluster_id_) + ")",
       "This node's Ray cannot join it; the pod has to start again. GCS fault tolerance with an external "
       "Redis keeps a cluster over a restart of its head."}};
}

std::optional<Failure> WatchdogState::OnError(const GcsError& error, Clock::time_point now) const {
  const auto silent = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_answer_);
  if (silent <= silence_) return std::nullopt;
  return Failure{
      kExitGcsLost,
      {shared::ErrorCode::kTimeout,
       "the gcs at \"" + gcs_ + "\" is silent for " + shared::FormatDuration(silent) + ": " +
           GcsFailureName(error.failure) + ": " + error.message,
       "Ray itself gives up after RAY_gcs_rpc_server_reconnect_timeout_s. Check that the head's pod runs."}};
}

void WatchdogState::OnConfig(std::string_view json) {
  const auto config = shared::ParseJson(json);
  if (!config) return;
  const std::int64_t reconnect = shared::IntAt(*config, {"gcs_rpc_server_reconnect_timeout_s"});
  if (reconnect <= 0 || reconnect > UINT32_MAX) return;  // Ray's own number has 32 bits
  silence_ = std::max<std::chrono::milliseconds>(silence_, std::chrono::seconds(reconnect));
}

std::chrono::milliseconds WatchdogInterval(std::chrono::milliseconds silence) {
  return std::clamp<std::chrono::milliseconds>(silence / 6, std::chrono::milliseconds(500),
                                               std::chrono::seconds(10));
}

std::optional<Failure> Watch(GcsClient* client, const WatchdogOptions& options,
                             const shared::Interrupt& interrupt) {
  WatchdogState state(client->address().ToText(), options.silence, WatchdogState::Clock::now());
  const auto call_timeout = std::min(kCallTimeout, options.silence);
  Counters::Watchdog& counted = options.counters->watchdog;
  bool has_config = false;
  while (true) {
    const auto reply = client->GetClusterId(std::max(std::chrono::milliseconds(1), call_timeout));
    if (interrupt.raised()) return std::nullopt;
    (reply ? counted.answers : counted.failures).Add();
    const auto now = WatchdogState::Clock::now();
    auto failure = reply ? state.OnAnswer(reply->cluster_id, now) : state.OnError(reply.error(), now);
    if (failure) return failure;
    if (reply && !std::exchange(has_config, true))
      if (const auto config = client->GetInternalConfig(call_timeout)) state.OnConfig(config->config);
    const auto pause = reply ? options.interval : std::min(options.interval, kIntervalIfAway);
    if (interrupt.WaitFor(WithJitter(pause))) return std::nullopt;
  }
}

}  // namespace ray_init_agent
