// Keeps old log files within their quota, whether or not log files are copied.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_quota.h"

namespace ray_init_agent {

struct LogSweeperOptions {
  std::string logs_dir;  // may be reached through a link that changes, and need not be there yet
  LogQuota quota = {};
  std::chrono::milliseconds interval = std::chrono::seconds(60);
  // Whether the file of this path (links resolved) may go at this size: all of it was copied, or nothing of
  // it will be. None: every file may.
  std::function<bool(const std::string& path, std::uint64_t bytes)> is_done = nullptr;
  // `level` as in LogTailer::Say().
  std::function<void(std::string_view level, std::string_view message)> say;
};

// Whether the file is one that nobody writes any more: in old/, where Ray moves the files of dead workers, or
// rotated (name.log.3, name.3.log). A number alone makes no rotation (model.v1.2.log, name.1234): name.log is
// there as well, and so is name.log.2 beside name.log.3. `name` is relative to `logs_dir`.
bool IsOldLog(const std::string& logs_dir, std::string_view name);

class LogSweeper {
 public:
  // `loop` must outlive this. Sweeps each interval from now on, on the loop's thread.
  LogSweeper(EventLoop* loop, LogSweeperOptions options);
  ~LogSweeper();
  LogSweeper(const LogSweeper&) = delete;
  LogSweeper& operator=(const LogSweeper&) = delete;

  // The next sweeps are of this directory.
  void SetLogsDir(std::string logs_dir) { options_.logs_dir = std::move(logs_dir); }

 private:
  void SweepLater();
  void Sweep();
  void Remove(const OldLog& log, std::string_view name, bool by_age);

  EventLoop* loop_;
  LogSweeperOptions options_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace ray_init_agent
