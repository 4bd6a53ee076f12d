// What `kubectl ray logs` was asked for, checked once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kubectl-ray/pods/ray_pods.h"
#include "shared/result.h"

namespace kubectl_ray {

// A POSIX extended regular expression, compiled.
class LogPattern {
 public:
  // kUsage with the reason where it is none.
  static shared::Result<LogPattern> Compile(const std::string& expression);
  bool Matches(const std::string& line) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

struct LogOptions {
  std::string cluster;
  std::string ns;
  std::string node_type;  // head, worker; empty: all
  bool follow = false;
  bool previous = false;    // the container's instance before this one
  bool timestamps = false;  // keep them in the output
  bool prefix = true;       // `[pod] ` before each line where there may be several pods
  std::optional<std::chrono::seconds> since = {};
  std::optional<std::int64_t> tail = {};  // last lines of each pod; none: all
  std::optional<LogPattern> grep = {};    // only lines that match
  std::string component = {};             // only lines the agent marked so: `[raylet] ...`
};

// Path and query of a pod's log. since_time: where a stream goes on, in place of since and tail. Pure.
std::string LogPath(const RayPod& pod, const LogOptions& options, const std::string& since_time,
                    bool previous);

// Whether the agent's line `[component] ...` or `[component.err] ...` is of that component. Pure.
bool IsOfComponent(std::string_view line, std::string_view component);

}  // namespace kubectl_ray
