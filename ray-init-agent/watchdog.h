// Ends a worker that can never become useful again, so that it is replaced.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ray-init-agent/command.h"
#include "ray-init-agent/counters.h"
#include "ray-init-agent/gcs_client.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

// What the GCS has done, and what follows from it. Pure.
class WatchdogState {
 public:
  using Clock = std::chrono::steady_clock;

  // `silence` is how long the GCS may be away, which is Ray's own gcs_rpc_server_reconnect_timeout_s. `gcs`
  // is its address, for messages.
  WatchdogState(std::string gcs, std::chrono::milliseconds silence, Clock::time_point now)
      : gcs_(std::move(gcs)), silence_(silence), last_answer_(now) {}

  // Each returns the failure to end with, if there is one: kExitClusterReplaced (the head came back as
  // another cluster) or kExitGcsLost (the GCS was silent for too long).
  std::optional<Failure> OnAnswer(const std::string& cluster_id, Clock::time_point now);
  std::optional<Failure> OnError(const GcsError& error, Clock::time_point now) const;
  // Takes the cluster's own configuration from GetInternalConfig() (any bytes). A raylet obeys it before its
  // own variables, and the watchdog must not be earlier than the raylet.
  void OnConfig(std::string_view json);

 private:
  std::string gcs_;
  std::chrono::milliseconds silence_;
  Clock::time_point last_answer_;
  std::string cluster_id_;
};

// Returns how often a GCS that answers is asked: a sixth of `silence`, but at least half a second and at most
// ten seconds. Thousands of workers ask the same GCS, so no more often than it takes to see the end of such a
// silence.
std::chrono::milliseconds WatchdogInterval(std::chrono::milliseconds silence);

struct WatchdogOptions {
  std::chrono::milliseconds silence = std::chrono::seconds(60);
  std::chrono::milliseconds interval = std::chrono::seconds(10);
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// Asks for the cluster's id after each `interval`, with jitter, and every two seconds while there is no
// answer. Blocks until there is a failure, which it returns, or the Interrupt is raised.
std::optional<Failure> Watch(GcsClient* client, const WatchdogOptions& options,
                             const shared::Interrupt& interrupt);

}  // namespace ray_init_agent
