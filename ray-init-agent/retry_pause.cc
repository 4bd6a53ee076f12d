#include "ray-init-agent/retry_pause.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdint>

namespace ray_init_agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause = std::chrono::seconds(2);
constexpr milliseconds kFirstPausePerQuery = std::chrono::seconds(1);
constexpr milliseconds kLongestPausePerQuery = std::chrono::seconds(10);
constexpr milliseconds kFreshAtFirst = std::chrono::seconds(5);
constexpr milliseconds kFreshAtLast = std::chrono::seconds(20);

}  // namespace

milliseconds RetryPause(milliseconds first, milliseconds waited) {
  return std::clamp(waited / 30, first, std::max(first, kLongestPause));
}

milliseconds LookupPause(int queries, milliseconds waited) {
  const milliseconds per_query = std::clamp(waited / 30, kFirstPausePerQuery, kLongestPausePerQuery);
  return std::min(std::max(1, queries) * per_query, std::max(waited, kFirstPausePerQuery));
}

milliseconds AnswerIsFreshFor(milliseconds waited) {
  return std::clamp(waited / 3, kFreshAtFirst, kFreshAtLast);
}

milliseconds WithJitter(milliseconds pause) {
  std::uint16_t random = 0;
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) return pause;
  return pause + pause / 4 * random / UINT16_MAX;
}

}  // namespace ray_init_agent
