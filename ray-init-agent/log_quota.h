// Which of the old log files have to go.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ray_init_agent {

struct OldLog {
  std::string path;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point written;  // the last time
  bool removable = true;                          // it was copied to stdout whole, or is not to be copied
};

struct LogQuota {
  std::uint64_t bytes = 0;                             // of all old files together; 0: no limit
  std::chrono::seconds age = std::chrono::seconds(0);  // since the last write; 0: no limit

  bool is_set() const { return bytes > 0 || age.count() > 0; }
};

struct LogRemoval {
  std::size_t index;  // into the vector given
  bool by_age;        // else by size
};

// Those over the age, and then the oldest until the rest is within the bytes; what is not removable counts
// and stays.
std::vector<LogRemoval> ChooseRemovals(const std::vector<OldLog>& logs, const LogQuota& quota,
                                       std::chrono::system_clock::time_point now);

}  // namespace ray_init_agent
