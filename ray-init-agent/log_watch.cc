#include "ray-init-agent/log_watch.h"

#include <poll.h>
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
constexpr unsigned kWrites = IN_MODIFY | IN_ONLYDIR;

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
  // Whoever makes events faster than they are handled must not keep the loop from its other work.
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
      names_fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      writes_fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

LogWatch::~LogWatch() {
  if (names_fd_ >= 0) close(names_fd_);
  if (writes_fd_ >= 0) close(writes_fd_);
}

void LogWatch::Begin() { FindRoot(); }

void LogWatch::SetLogsDir(std::string logs_dir) {
  if (!root_.empty()) ForgetRoot();
  root_.clear();
  logs_dir_ = WithoutLastSlash(std::move(logs_dir));
  FindRoot();
}

// Watches before it looks: what changes in between is told twice rather than never.
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

// Its directories live on, moved away or held open by somebody, while their names are others' now.
void LogWatch::ForgetRoot() {
  const std::string below = root_ + "/";
  for (const auto& [fd, directories] : {std::pair(names_fd_, &named_in_), {writes_fd_, &written_in_}})
    for (auto at = directories->begin(); at != directories->end();) {
      const bool is_old = at->second == root_ || at->second.starts_with(below);
      if (is_old) inotify_rm_watch(fd, at->first);
      at = is_old ? directories->erase(at) : std::next(at);
    }
}

void LogWatch::WatchTheWay() {
  if (names_fd_ < 0) return;
  std::multimap<int, std::string> way;
  std::size_t slash = logs_dir_.find('/');
  while (slash != std::string::npos) {
    const std::size_t next = logs_dir_.find('/', slash + 1);
    const std::string parent = slash == 0 ? "/" : logs_dir_.substr(0, slash);
    const std::string name = logs_dir_.substr(slash + 1, next == std::string::npos ? next : next - slash - 1);
    const int watch = inotify_add_watch(names_fd_, parent.c_str(), kNames);
    if (watch >= 0) way.emplace(watch, name);
    if (watch < 0 && errno == ENOSPC) watch_failed_ = true;
    slash = next;
  }
  std::swap(way, way_);
  for (const auto& [watch, name] : way)
    if (way_.count(watch) == 0 && named_in_.count(watch) == 0) inotify_rm_watch(names_fd_, watch);
}

void LogWatch::WatchDirectory(int fd, unsigned events, const std::string& path, Directories* directories) {
  if (fd < 0) return;
  const int watch = inotify_add_watch(fd, path.c_str(), events | IN_DONT_FOLLOW);
  if (watch >= 0) (*directories)[watch] = path;
  if (watch < 0 && errno == ENOSPC) watch_failed_ = true;
}

void LogWatch::VisitDirectory(const std::string& path, int depth) {
  const auto watch = [this](const std::string& directory) {
    WatchDirectory(names_fd_, kNames, directory, &named_in_);
    WatchDirectory(writes_fd_, kWrites, directory, &written_in_);
  };
  WalkLogs(path, depth, watch, handler_.on_named);
}

void LogWatch::Poll() {
  watch_failed_ = false;  // what cannot be watched still says so again
  FindRoot();
  handler_.on_lost();
  if (!root_.empty()) VisitDirectory(root_, 0);
}

bool LogWatch::has_names() const {
  pollfd names = {names_fd_, POLLIN, 0};
  return poll(&names, 1, 0) == 1;
}

void LogWatch::ReadNames() {
  if (names_fd_ < 0) return;
  ReadEvents(names_fd_,
             [this](int watch, unsigned mask, std::string_view name) { OnName(watch, mask, name); });
}

void LogWatch::ReadWrites() {
  if (writes_fd_ < 0) return;
  ReadEvents(writes_fd_,
             [this](int watch, unsigned mask, std::string_view name) { OnWrite(watch, mask, name); });
}

void LogWatch::OnWrite(int watch, unsigned mask, std::string_view name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return handler_.on_lost();
  const auto directory = written_in_.find(watch);
  if (directory == written_in_.end()) return;
  if ((mask & IN_IGNORED) != 0) {
    written_in_.erase(directory);
  } else if (!name.empty()) {
    handler_.on_written(directory->second + "/" + std::string(name));
  }
}

void LogWatch::OnName(int watch, unsigned mask, std::string_view name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return Poll();
  const auto directory = named_in_.find(watch);
  if ((mask & IN_IGNORED) != 0) {
    if (directory != named_in_.end() && directory->second == root_)
      root_.clear();  // another may get its name
    if (directory != named_in_.end()) named_in_.erase(directory);
    way_.erase(watch);
    return;
  }
  if (directory != named_in_.end() && !name.empty()) {
    const std::string path = directory->second + "/" + std::string(name);
    if ((mask & IN_ISDIR) == 0) {
      handler_.on_named(path);
    } else if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
      VisitDirectory(path, 1);
    }
  }
  const auto [first, last] = way_.equal_range(watch);
  for (auto step = first; step != last; ++step)
    if (step->second == name) return FindRoot();
}

}  // namespace ray_init_agent
