#include "ray-init-agent/temp_dir_search.h"

#include <chrono>
#include <utility>

#include "ray-init-agent/retry_pause.h"
#include "ray-init-agent/temp_dir.h"

namespace ray_init_agent {
namespace {

constexpr std::chrono::milliseconds kFirstPause(200), kCallTimeout = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kAtMost = std::chrono::minutes(10);

}  // namespace

TempDirSearch::TempDirSearch(GcsAddress gcs, GcsCredentials credentials,
                             std::optional<shared::RayRelease> release)
    : gcs_(std::move(gcs)), credentials_(std::move(credentials)), release_(release) {}

void TempDirSearch::Begin(RunningChild* running, FoundHook found) {
  running->OnEnd([this] { thread_.Stop(); });
  const bool started =
      thread_.Start([this, running, found = std::move(found)](const shared::Interrupt& interrupt) {
        if (const auto temp_dir = Search(interrupt))
          running->loop()->Post([found, path = *temp_dir] { found(path); });
      });
  if (!started)
    running->Say("WARNING", "cannot start a thread that asks for the head's temp dir; continuing without it");
}

std::optional<std::string> TempDirSearch::Search(const shared::Interrupt& interrupt) const {
  using Clock = std::chrono::steady_clock;
  GcsClient client(gcs_, credentials_, &interrupt);
  const Clock::time_point begin = Clock::now();
  while (true) {
    if (auto temp_dir = HeadTempDir(&client, release_, kCallTimeout)) return *std::move(temp_dir);
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    if (waited > kAtMost || interrupt.WaitFor(WithJitter(RetryPause(kFirstPause, waited))))
      return std::nullopt;
  }
}

}  // namespace ray_init_agent
