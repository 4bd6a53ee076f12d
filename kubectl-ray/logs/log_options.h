// What the user of `kubectl ray logs` asked for, checked once.
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
  // kUsage with the reason if `expression` is not valid.
  static shared::Result<LogPattern> Compile(const std::string& expression);
  bool Matches(const std::string& line) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

struct LogOptions {
  std::string cluster;
  std::string ns;
  std::string node_type;  // head or worker; empty for all
  bool follow = false;
  bool previous = false;    // the container's instance before this one
  bool timestamps = false;  // keep them in the output
  bool prefix = true;       // `[pod] ` before each line, if there may be several pods
  std::optional<std::chrono::seconds> since = {};
  std::optional<std::int64_t> tail = {};  // how many of the last lines of each pod; all if it is empty
  std::optional<LogPattern> grep = {};    // only lines that match
  std::string component = {};             // only lines that the agent marked like this: `[raylet] ...`
};

// Returns path and query of a pod's log. A `since_time`, from which a stream continues, replaces since and
// tail. Pure.
std::string LogPath(const RayPod& pod, const LogOptions& options, const std::string& since_time,
                    bool previous);

// Returns whether the line begins with the agent's `[component] ` or `[component.err] `. Pure.
bool IsOfComponent(std::string_view line, std::string_view component);

}  // namespace kubectl_ray
