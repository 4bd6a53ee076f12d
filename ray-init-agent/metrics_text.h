// Formats the agent's counters as Prometheus reads them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "ray-init-agent/counters.h"

namespace ray_init_agent {

// The content type of MetricsText().
inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// What is so beside the counters. Texts may be any bytes.
struct MetricsFacts {
  std::string version;      // the agent's own
  std::string ray_release;  // of the image ("2.52"), empty if it is not known
  std::string node_type;    // "head" or "worker"
  std::string cluster;      // empty if it is not known
  std::chrono::system_clock::time_point child_started_at;
};

// Returns all metrics in the text format 0.0.4, each with its help and type, at most some kilobytes. `now` is
// until when a time that still runs is counted. Pure.
// Source: prometheus.io/docs/instrumenting/exposition_formats.
std::string MetricsText(const Counters& counters, const MetricsFacts& facts,
                        CountedTime::Clock::time_point now);

// Returns `text` as the inside of a label's value: UTF-8 (other bytes and control characters as \xNN), with
// backslash, quote and newline escaped.
std::string EscapeLabel(std::string_view text);

}  // namespace ray_init_agent
