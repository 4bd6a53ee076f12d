// Follows which files there are below the logs directory, and which of them are written to, through inotify.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ray_init_agent {

// What LogWatch has seen. Paths are absolute and resolved: they lie below the directory that logs_dir meant
// when they were found.
struct LogWatchHandler {
  // logs_dir means another directory now: at first, after a link in it has changed, and after the directory
  // was moved away, or removed and made again.
  std::function<void(const std::string& root)> on_root;
  std::function<void(const std::string& path)> on_written;
  // The path is new, or may mean another file now, or none. Called more often than needed.
  std::function<void(const std::string& path)> on_named;
  // Events were lost: anything may have been written.
  std::function<void()> on_lost;
};

// Follows the names and the writes below logs_dir, and the names on the way to it, where a component of
// logs_dir may appear or change. One inotify instance, because all pods of a user on a node share 128 of them
// (fs.inotify.max_user_instances). If the kernel has no instance or no watch left, Poll() has to be called.
// Not thread-safe. The handler runs inside the calls that say so.
class LogWatch {
 public:
  LogWatch(std::string logs_dir, LogWatchHandler handler);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  // Readable (EPOLLIN) if there are events for Read(); -1: there is no instance. Not the caller's to close.
  int fd() const { return fd_; }
  // Whether Poll() has to be called now and then, because something could not be watched.
  bool needs_poll() const { return fd_ < 0 || watch_failed_; }

  // Finds the root and what is in it. Calls the handler.
  void Begin();
  // Does the same for another logs_dir, which is watched instead of the one until now.
  void SetLogsDir(std::string logs_dir);
  // Passes the events that are there to the handler, but only some thousand of them: if there are more, fd()
  // stays readable. Does not block.
  void Read();
  // Looks at everything again: calls on_lost, and on_named for every file.
  void Poll();

  const std::string& root() const { return root_; }

 private:
  void FindRoot();
  void ForgetRoot();
  void WatchTheWay();
  void WatchDirectory(const std::string& path);
  void VisitDirectory(const std::string& path, int depth);
  void OnEvent(int watch, unsigned mask, std::string_view name);
  void OnName(const std::string& path, unsigned mask);
  void OnDirectoryGone(int watch);

  std::string logs_dir_;
  LogWatchHandler handler_;
  int fd_;
  bool watch_failed_ = false;
  std::string root_;
  std::pair<dev_t, ino_t> root_inode_ = {};
  std::unordered_map<int, std::string> directories_;  // watch → path, below a root
  std::multimap<int, std::string> way_;               // watch → name of logs_dir's next component there
};

}  // namespace ray_init_agent
