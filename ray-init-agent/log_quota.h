// Decides which of the old log files have to go. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ray_init_agent {

struct OldLog {
  std::string path;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point written;  // the time of the last write
  bool removable = true;                          // it was copied to stdout whole, or will not be copied
};

struct LogQuota {
  std::uint64_t bytes = 0;                             // the most for all old files together; 0: no limit
  std::chrono::seconds age = std::chrono::seconds(0);  // the longest time since the last write; 0: no limit

  bool is_set() const { return bytes > 0 || age.count() > 0; }
};

struct LogRemoval {
  std::size_t index;  // into the vector that was given
  bool by_age;        // else it goes because of the size
};

// Returns the files over the age, and then the oldest ones until the rest is within the bytes. A file that is
// not removable counts, but stays.
std::vector<LogRemoval> ChooseRemovals(const std::vector<OldLog>& logs, const LogQuota& quota,
                                       std::chrono::system_clock::time_point now);

}  // namespace ray_init_agent
