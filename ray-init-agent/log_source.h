// What the name of one of Ray's log files tells about who writes it.
#pragma once

#include <string>
#include <string_view>

namespace ray_init_agent {

struct LogSource {
  std::string component;  // "raylet", "worker", "job-driver", "serve/controller_123"
  std::string worker;     // worker id, hex
  std::string job;        // job id (01000000) or submission id (raysubmit_...)
  std::string pid;
  int rotation = 0;  // 3 for name.log.3 (Python) and name.3.log (spdlog); 0 for the file being written

  bool operator==(const LogSource&) const = default;
};

// `path` is relative to the logs directory, any bytes. Names as Ray 2.52 makes them; for any other the
// component is the path without its rotation and without .out, .err, .log or .txt.
LogSource ParseLogPath(std::string_view path);

// The path without its rotation: name.log for name.log.3 and for name.3.log.
std::string UnrotatedPath(std::string_view path);

// The path of another rotation of the same log: name.log.2 for name.log.3, name.2.log for name.3.log. For a
// path that has one.
std::string WithRotation(std::string_view path, int rotation);

}  // namespace ray_init_agent
