#include "ray-init-agent/log_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <utility>

#include "ray-init-agent/log_walk.h"

namespace ray_init_agent {
namespace {

constexpr unsigned kNames = IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;

std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved == nullptr ? std::string() : std::string(resolved.get());
}

std::string WithoutLastSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

template <typename OnEvent>
void ReadEvents(int fd, const OnEvent& on_event) {
  // A writer that makes events faster than they are handled must not keep the loop from its other work.
  constexpr int kMostReads = 4;
  alignas(inotify_event) char buffer[64u << 10];
  for (int reads = 0; reads < kMostReads; ++reads) {
    const ssize_t size = read(fd, buffer, sizeof buffer);
    if (size <= 0) return;
    const char* at = buffer;
    while (at < buffer + size) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      on_event(event->wd, event->mask, event->len > 0 ? std::string_view(event->name) : std::string_view());
    }
  }
}

}  // namespace

LogWatch::LogWatch(std::string logs_dir, LogWatchHandler handler)
    : logs_dir_(WithoutLastSlash(std::move(logs_dir))),
      handler_(std::move(handler)),
      fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

LogWatch::~LogWatch() {
  if (fd_ >= 0) close(fd_);
}

void LogWatch::Begin() { FindRoot(); }

void LogWatch::SetLogsDir(std::string logs_dir) {
  if (!root_.empty()) ForgetRoot();
  root_.clear();
  logs_dir_ = WithoutLastSlash(std::move(logs_dir));
  FindRoot();
}

// Watches before it looks: what changes in between is reported twice rather than never.
void LogWatch::FindRoot() {
  WatchTheWay();
  const std::string root = RealPath(logs_dir_);
  struct stat status = {};
  if (root.empty() || stat(root.c_str(), &status) != 0) return;
  const std::pair<dev_t, ino_t> inode = {status.st_dev, status.st_ino};
  if (root == root_ && inode == root_inode_) return;
  if (root == root_) ForgetRoot();
  root_ = root;
  root_inode_ = inode;
  handler_.on_root(root_);
  VisitDirectory(root_, 0);
}

// The root's directories still exist, moved away or held open by somebody, while their names belong to others
// now.
void LogWatch::ForgetRoot() {
  const std::string below = root_ + "/";
  for (auto at = directories_.begin(); at != directories_.end();) {
    const bool is_old = at->second == root_ || at->second.starts_with(below);
    if (is_old && way_.count(at->first) == 0) inotify_rm_watch(fd_, at->first);
    at = is_old ? directories_.erase(at) : std::next(at);
  }
}

void LogWatch::WatchTheWay() {
  if (fd_ < 0) return;
  std::multimap<int, std::string> way;
  std::size_t slash = logs_dir_.find('/');
  while (slash != std::string::npos) {
    const std::size_t next = logs_dir_.find('/', slash + 1);
    const std::string parent = slash == 0 ? "/" : logs_dir_.substr(0, slash);
    const std::string name = logs_dir_.substr(slash + 1, next == std::string::npos ? next : next - slash - 1);
    const int watch = inotify_add_watch(fd_, parent.c_str(), kNames | IN_MASK_ADD);
    if (watch >= 0) way.emplace(watch, name);
    if (watch < 0 && errno == ENOSPC) watch_failed_ = true;
    slash = next;
  }
  std::swap(way, way_);
  for (const auto& [watch, name] : way)
    if (way_.count(watch) == 0 && directories_.count(watch) == 0) inotify_rm_watch(fd_, watch);
}

void LogWatch::WatchDirectory(const std::string& path) {
  if (fd_ < 0) return;
  const int watch = inotify_add_watch(fd_, path.c_str(), kNames | IN_MODIFY | IN_DONT_FOLLOW);
  if (watch >= 0) directories_[watch] = path;
  if (watch < 0 && errno == ENOSPC) watch_failed_ = true;
}

void LogWatch::VisitDirectory(const std::string& path, int depth) {
  WalkLogs(
      path, depth, [this](const std::string& directory) { WatchDirectory(directory); }, handler_.on_named);
}

void LogWatch::Poll() {
  watch_failed_ = false;  // set again if something still cannot be watched
  FindRoot();
  handler_.on_lost();
  if (!root_.empty()) VisitDirectory(root_, 0);
}

void LogWatch::Read() {
  if (fd_ < 0) return;
  ReadEvents(fd_, [this](int watch, unsigned mask, std::string_view name) { OnEvent(watch, mask, name); });
}

void LogWatch::OnEvent(int watch, unsigned mask, std::string_view name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return Poll();
  if ((mask & IN_IGNORED) != 0) return OnDirectoryGone(watch);
  if (const auto directory = directories_.find(watch); directory != directories_.end() && !name.empty()) {
    const std::string path = directory->second + "/" + std::string(name);
    if ((mask & IN_MODIFY) != 0) return handler_.on_written(path);
    OnName(path, mask);
  }
  const auto [first, last] = way_.equal_range(watch);
  for (auto step = first; step != last; ++step)
    if (step->second == name) return FindRoot();
}

void LogWatch::OnName(const std::string& path, unsigned mask) {
  if ((mask & IN_ISDIR) == 0) {
    handler_.on_named(path);
  } else if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
    VisitDirectory(path, 1);
  }
}

void LogWatch::OnDirectoryGone(int watch) {
  if (const auto directory = directories_.find(watch); directory != directories_.end()) {
    if (directory->second == root_) root_.clear();  // another directory may get its name
    directories_.erase(directory);
  }
  way_.erase(watch);
}

}  // namespace ray_init_agent
