// Keeps old log files within their quota, whether or not log files are copied.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ray-init-agent/counters.h"
#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_quota.h"

namespace ray_init_agent {

struct LogSweeperOptions {
  std::string logs_dir;  // may be reached through a link that changes, and need not exist yet
  LogQuota quota = {};
  std::chrono::milliseconds interval = std::chrono::seconds(60);
  // Whether the file at this path (links resolved) may be removed at this size, because all of it was copied,
  // or nothing of it will be. If this is empty, every file may be removed.
  std::function<bool(const std::string& path, std::uint64_t bytes)> is_done = nullptr;
  // `level` as in LogTailer::Say().
  std::function<void(std::string_view level, std::string_view message)> say;
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// Whether nobody writes the file any more, because it is in old/, where Ray moves the files of dead workers,
// or because it is rotated (name.log.3, name.3.log). A number alone does not make a rotation (model.v1.2.log,
// name.1234): name.log has to exist as well, and name.log.2 beside name.log.3. `name` is relative to
// `logs_dir`. Blocks for a few system calls.
bool IsOldLog(const std::string& logs_dir, std::string_view name);

class LogSweeper {
 public:
  // Sweeps after each interval from now on, on the loop's thread. `loop` must outlive this.
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
