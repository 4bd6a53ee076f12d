#include "ray-init-agent/retry_pause.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdint>

namespace ray_init_agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause = std::chrono::seconds(2);
constexpr milliseconds kFirstLookupPause(100);
constexpr milliseconds kFullLookupPauseAfter = std::chrono::seconds(10);
constexpr milliseconds kPerQuery = std::chrono::seconds(1);

}  // namespace

milliseconds RetryPause(milliseconds first, milliseconds waited) {
  return std::clamp(waited / 30, first, std::max(first, kLongestPause));
}

milliseconds LookupPause(int queries, milliseconds waited) {
  const milliseconds full = kPerQuery * std::max(1, queries);
  const milliseconds share =
      full * std::min(waited, kFullLookupPauseAfter).count() / kFullLookupPauseAfter.count();
  return std::max(kFirstLookupPause, share);
}

milliseconds WithJitter(milliseconds pause) {
  std::uint16_t random = 0;
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) return pause;
  return pause + pause / 4 * random / UINT16_MAX;
}

}  // namespace ray_init_agent
