#include "ray-init-agent/log_sweeper.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "ray-init-agent/followed_files.h"
#include "ray-init-agent/log_source.h"
#include "ray-init-agent/log_walk.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved == nullptr ? std::string() : std::string(resolved.get());
}

bool IsThere(const std::string& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0;
}

}  // namespace

bool IsOldLog(const std::string& logs_dir, std::string_view name) {
  if (IsRemovedOnNfs(name)) return false;  // its writer still has it open
  if (name.starts_with("old/")) return true;
  const int rotation = ParseLogPath(name).rotation;
  if (rotation == 0 || !IsThere(logs_dir + "/" + UnrotatedPath(name))) return false;
  return rotation == 1 || IsThere(logs_dir + "/" + WithRotation(name, rotation - 1));
}

LogSweeper::LogSweeper(EventLoop* loop, LogSweeperOptions options)
    : loop_(loop), options_(std::move(options)) {
  SweepLater();
}

LogSweeper::~LogSweeper() { loop_->CancelTimer(timer_); }

void LogSweeper::SweepLater() {
  timer_ = loop_->AddTimer(options_.interval, [this] {
    Sweep();
    SweepLater();
  });
}

void LogSweeper::Sweep() {
  const std::string root = RealPath(options_.logs_dir);
  if (root.empty()) return;
  std::vector<OldLog> logs;
  const auto add = [&](const std::string& path) {
    struct stat status = {};
    if (!IsOldLog(root, std::string_view(path).substr(root.size() + 1))) return;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    logs.push_back({path, bytes, std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec),
                    !options_.is_done || options_.is_done(path, bytes)});
  };
  WalkLogs(
      root, 0, [](const std::string&) {}, add);
  for (const LogRemoval& removal : ChooseRemovals(logs, options_.quota, std::chrono::system_clock::now())) {
    const OldLog& log = logs[removal.index];
    Remove(log, std::string_view(log.path).substr(root.size() + 1), removal.by_age);
  }
}

void LogSweeper::Remove(const OldLog& log, std::string_view name, bool by_age) {
  const std::string what = "\"" + std::string(name) + "\"";
  Counters::Quota& counted = options_.counters->quota;
  if (unlink(log.path.c_str()) != 0) {
    options_.say("WARNING", "cannot remove " + what + ": " + shared::ErrnoText(errno));
    return counted.failures.Add();
  }
  (by_age ? counted.removed_by_age : counted.removed_by_size).Add();
  counted.removed_bytes.Add(log.bytes);
  const std::string why = by_age
                              ? "it is older than the quota allows"
                              : "old logs are over the quota of " + shared::FormatBytes(options_.quota.bytes);
  options_.say("INFO", "removed " + what + " (" + shared::FormatBytes(log.bytes) + "): " + why);
}

}  // namespace ray_init_agent
