#include "ray-init-agent/log_quota.h"

#include <algorithm>
#include <numeric>

namespace ray_init_agent {

std::vector<LogRemoval> ChooseRemovals(const std::vector<OldLog>& logs, const LogQuota& quota,
                                       std::chrono::system_clock::time_point now) {
  std::vector<std::size_t> oldest_first(logs.size());
  std::iota(oldest_first.begin(), oldest_first.end(), std::size_t{0});
  std::stable_sort(oldest_first.begin(), oldest_first.end(),
                   [&](std::size_t a, std::size_t b) { return logs[a].written < logs[b].written; });
  std::uint64_t total = 0;
  for (const OldLog& log : logs) total += log.bytes;
  std::vector<LogRemoval> removals;
  for (std::size_t index : oldest_first) {
    const OldLog& log = logs[index];
    const bool too_old = quota.age.count() > 0 && now - log.written > quota.age;
    const bool too_much = quota.bytes > 0 && total > quota.bytes;
    if (!log.removable || !(too_old || too_much)) continue;
    removals.push_back({index, too_old});
    total -= log.bytes;
  }
  return removals;
}

}  // namespace ray_init_agent
