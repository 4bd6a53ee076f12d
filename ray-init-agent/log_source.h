// Reads from the name of one of Ray's log files who writes it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ray_init_agent {

struct LogSource {
  std::string component;  // "raylet", "worker", "job-driver", "serve/controller_123"
  std::string worker;     // worker id, hex
  std::string job;        // job id (01000000) or submission id (raysubmit_...)
  std::string pid;
  // 3 for name.log.3 (Python) and name.3.log (spdlog); 0 for the file that is being written.
  int rotation = 0;

  bool operator==(const LogSource&) const = default;
};

// Parses `path`, which is relative to the logs directory and may be any bytes. The names are those of Ray
// 2.52; for any other name the component is the path without its rotation and without .out, .err, .log or
// .txt.
LogSource ParseLogPath(std::string_view path);

// Returns the path without its rotation: name.log for name.log.3 and for name.3.log.
std::string UnrotatedPath(std::string_view path);

// Returns the path of another rotation of the same log: name.log.2 for name.log.3, name.2.log for name.3.log.
// `path` must have a rotation.
std::string WithRotation(std::string_view path, int rotation);

}  // namespace ray_init_agent
