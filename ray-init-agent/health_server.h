// /healthz and /readyz for the kubelet's httpGet probes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/health_check.h"
#include "shared/result.h"

namespace ray_init_agent {

struct HealthServerOptions {
  std::uint16_t port = 0;            // not 0
  HealthTargets targets = {};        // what /readyz asks
  std::function<bool()> alive = {};  // what /healthz tells: the child runs. On the loop's thread.
  // Longest time a check may take; a probe's own timeout is 1 s by default.
  std::chrono::milliseconds check_timeout = std::chrono::milliseconds(900);
};

// HTTP/1.x, GET and HEAD only, one request a connection, at most 4 KiB a request, 5 s and 64 connections. One
// more makes another go: first one that has its answer, then one of the peer that has the most, an incomplete
// request before one that waits for its answer, the oldest of them. So who floods the port hinders nobody but
// himself. /healthz: 200 while the child runs, else 503. /readyz: 200 where CheckHealth() is content, else
// 503, with the report's text. The checks run on a thread of their own, one at a time, shared by all who ask
// meanwhile; the loop never waits for them.
class HealthServer {
 public:
  // `loop` must outlive this, and must not run any more after this is destroyed.
  HealthServer(EventLoop* loop, HealthServerOptions options);
  ~HealthServer();
  HealthServer(const HealthServer&) = delete;
  HealthServer& operator=(const HealthServer&) = delete;

  // Listens on all addresses (IPv6 and IPv4). Fails where the port is taken.
  shared::Status Start();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ray_init_agent
