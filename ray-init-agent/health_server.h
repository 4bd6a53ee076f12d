// Serves /healthz and /readyz for the kubelet's httpGet probes, and /metrics for Prometheus.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ray-init-agent/counters.h"
#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/health_check.h"
#include "shared/result.h"

namespace ray_init_agent {

struct HealthServerOptions {
  std::uint16_t port = 0;            // not 0
  HealthTargets targets = {};        // what /readyz asks
  std::function<bool()> alive = {};  // what /healthz reports: the child runs. Called on the loop's thread.
  // What /metrics answers: its text, as MetricsText() returns it. Called on the loop's thread.
  std::function<std::string()> metrics = {};
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
  // The longest time of a check; a probe's own timeout is 1 s by default.
  std::chrono::milliseconds check_timeout = std::chrono::milliseconds(900);
};

// A server for HTTP/1.x, GET and HEAD only. A connection serves one request of at most 4 KiB and lives for 5
// s at most; there are 64 connections at most. One more closes another: first one that has its answer, then
// one of the peer that has the most connections (an incomplete request before one that waits for its answer,
// the oldest first). So a client that floods the port hinders nobody but itself.
//
// /healthz answers 200 while the child runs, else 503. /readyz answers 200 if CheckHealth() finds all
// healthy, else 503, with the report's text. The checks run on a thread of their own, one at a time, shared
// by all who ask meanwhile; the loop never waits for them. /metrics answers what the options' function
// returns.
class HealthServer {
 public:
  // `loop` must outlive this, and must not run any more after this is destroyed.
  HealthServer(EventLoop* loop, HealthServerOptions options);
  ~HealthServer();
  HealthServer(const HealthServer&) = delete;
  HealthServer& operator=(const HealthServer&) = delete;

  // Listens on all addresses (IPv6 and IPv4). Fails with kUnavailable if the port is taken.
  shared::Status Start();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ray_init_agent
