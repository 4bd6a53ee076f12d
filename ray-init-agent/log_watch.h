// Which files there are below the logs directory, and which of them were written to: inotify.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ray_init_agent {

// Paths are absolute, below the directory that logs_dir meant when they were found, links resolved.
struct LogWatchHandler {
  // logs_dir means another directory now (at first, after a link in it changed, or after the directory was
  // moved away or removed and made again).
  std::function<void(const std::string& root)> on_root;
  std::function<void(const std::string& path)> on_written;
  // The path is new, or may mean another file now, or none. Told more often than needed.
  std::function<void(const std::string& path)> on_named;
  // Events were lost: anything may have been written.
  std::function<void()> on_lost;
};

// Two inotify descriptors: one tells of names, below the root and where a component of logs_dir may appear or
// change, and wants to be read at once, for a file that is rotated away can be opened only as long as it has
// a name; the other tells of writes, which can wait. Where the kernel has no inotify instance or watch left,
// Poll() does instead.
class LogWatch {
 public:
  LogWatch(std::string logs_dir, LogWatchHandler handler);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  // To be watched for EPOLLIN, and then ReadNames() or ReadWrites(); -1: there is none.
  int names_fd() const { return names_fd_; }
  int writes_fd() const { return writes_fd_; }
  // Whether Poll() has to be called now and then, because something could not be watched.
  bool needs_poll() const { return names_fd_ < 0 || writes_fd_ < 0 || watch_failed_; }

  // Whether names have changed since ReadNames().
  bool has_names() const;

  // Finds the root and what is in it.
  void Begin();
  // The same for another logs_dir, which is watched in the place of the one until now.
  void SetLogsDir(std::string logs_dir);
  // Handle the events that are there, but no more than some thousand at once: the rest keeps the descriptor
  // readable. They do not block.
  void ReadNames();
  void ReadWrites();
  // Looks for everything anew: on_lost, and on_named for every file.
  void Poll();

  const std::string& root() const { return root_; }

 private:
  using Directories = std::unordered_map<int, std::string>;  // watch → path, below a root

  void WatchDirectory(int fd, unsigned events, const std::string& path, Directories* directories);
  void FindRoot();
  void ForgetRoot();
  void WatchTheWay();
  void VisitDirectory(const std::string& path, int depth);
  void OnName(int watch, unsigned mask, std::string_view name);
  void OnWrite(int watch, unsigned mask, std::string_view name);

  std::string logs_dir_;
  LogWatchHandler handler_;
  int names_fd_ = -1;
  int writes_fd_ = -1;
  bool watch_failed_ = false;
  std::string root_;
  std::pair<dev_t, ino_t> root_inode_ = {};
  Directories named_in_;
  Directories written_in_;
  std::multimap<int, std::string> way_;  // watch → name of logs_dir's next component there
};

}  // namespace ray_init_agent
