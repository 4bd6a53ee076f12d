#include "ray-init-agent/log_files.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ray_init_agent {
namespace {

bool Matches(const std::string& glob, std::string_view path) {
  if (glob.find('/') == std::string::npos) path = path.substr(path.rfind('/') + 1);
  return fnmatch(glob.c_str(), std::string(path).c_str(), FNM_PATHNAME) == 0;
}

bool MatchesAny(const std::vector<std::string>& globs, std::string_view path, std::string_view unrotated) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return Matches(glob, path) || Matches(glob, unrotated);
  });
}

std::int64_t BirthTime(int fd) {
  struct statx status = {};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 || (status.stx_mask & STATX_BTIME) == 0)
    return 0;
  return status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
}

}  // namespace

bool IsOlder(const FollowedFile* a, const FollowedFile* b) {
  if (a->born != b->born) return a->born < b->born;
  return std::make_pair(a->path.empty(), a->stream.source.rotation) >
         std::make_pair(b->path.empty(), b->stream.source.rotation);
}

bool LogGlobs::Wants(std::string_view path) const {
  const std::string unrotated = UnrotatedPath(path);
  if (!include.empty() && !MatchesAny(include, path, unrotated)) return false;
  return !MatchesAny(exclude, path, unrotated);
}

std::string_view LogFiles::Relative(std::string_view path) const {
  for (const std::string& root : roots_)
    if (path.starts_with(root)) return path.substr(root.size());
  return path;
}

FollowedFile* LogFiles::Find(const std::string& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

FollowedFile* LogFiles::FindInode(const Inode& inode) const {
  const auto found = files_.find(inode);
  return found == files_.end() ? nullptr : found->second.get();
}

LogFiles::Opened LogFiles::Open(const std::string& path, FollowedFile** file) {
  // A rotation renames many that are known: one look each.
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) return Opened::kNone;
  *file = FindInode({status.st_dev, status.st_ino});
  if (*file != nullptr) return Opened::kKnown;
  // A log is a regular file: what else a program may leave there (a FIFO, a link out of the directory) is
  // not.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0) return errno == EMFILE || errno == ENFILE ? Opened::kNoDescriptor : Opened::kNone;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    return Opened::kNone;
  }
  const Inode inode = {status.st_dev, status.st_ino};
  *file = FindInode(inode);
  if (*file != nullptr) {  // it got this name since the look
    close(fd);
    return Opened::kKnown;
  }
  auto fresh = std::make_unique<FollowedFile>(fd);
  fresh->inode = inode;
  fresh->born = BirthTime(fd);
  fresh->stream = formatter_->Open(Relative(path));
  *file = fresh.get();
  files_.emplace(inode, std::move(fresh));
  return Opened::kFresh;
}

void LogFiles::Assign(FollowedFile* file, const std::string& path) {
  if (file->path == path) return;
  Forget(path);
  if (!file->path.empty()) by_path_.erase(file->path);
  file->path = path;
  by_path_[path] = file;
  formatter_->Rename(Relative(path), &file->stream);
}

void LogFiles::Forget(const std::string& path) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return;
  found->second->path.clear();
  displaced_.push_back(found->second);
  by_path_.erase(found);
}

LogFiles::Changes LogFiles::Resolve() {
  Changes changes;
  std::vector<std::string> named;
  named.swap(named_);
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  for (const std::string& path : named) {
    if (!Wants(path)) continue;
    FollowedFile* file = nullptr;
    switch (Open(path, &file)) {
      case Opened::kNoDescriptor:
        changes.out_of_descriptors = true;
        named_.push_back(path);
        break;
      case Opened::kNone:
        Forget(path);
        break;
      case Opened::kKnown:
        if (file->path != path) changes.fresh.push_back(file);
        Assign(file, path);
        break;
      case Opened::kFresh:
        changes.fresh.push_back(file);
        Assign(file, path);
        break;
    }
  }
  for (FollowedFile* file : std::exchange(displaced_, {}))
    if (file->path.empty()) changes.nameless.push_back(file);
  return changes;
}

void LogFiles::Remove(FollowedFile* file) {
  if (!file->path.empty()) by_path_.erase(file->path);
  files_.erase(file->inode);
}

void LogFiles::ForEach(const std::function<void(FollowedFile*)>& visit) const {
  for (const auto& [inode, file] : files_) visit(file.get());
}

}  // namespace ray_init_agent
