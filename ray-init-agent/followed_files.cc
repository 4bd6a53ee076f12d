#include "ray-init-agent/followed_files.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/resource.h>
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

// Returns the birth of the open file, or of the file at `path` if `fd` is -1.
std::int64_t BirthTime(int fd, const std::string& path) {
  struct statx status = {};
  const int failed = fd >= 0 ? statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status)
                             : statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME, &status);
  if (failed != 0 || (status.stx_mask & STATX_BTIME) == 0) return 0;
  return status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
}

std::int64_t WriteTime(const struct stat& status) {
  return status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
}

// A log is a regular file: other things that a program may leave there (a FIFO, a link out of the directory)
// are not.
int OpenLog(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

}  // namespace

bool IsOlder(const FollowedFile* a, const FollowedFile* b) {
  if (a->born != b->born) return a->born < b->born;
  return std::make_pair(a->path.empty(), a->stream.source.rotation) >
         std::make_pair(b->path.empty(), b->stream.source.rotation);
}

bool IsRemovedOnNfs(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.size() > 8 && name.starts_with(".nfs") &&
         name.find_first_not_of("0123456789abcdef", 4) == std::string_view::npos;
}

bool LogGlobs::Wants(std::string_view path) const {
  if (IsRemovedOnNfs(path)) return false;
  const std::string unrotated = UnrotatedPath(path);
  if (!include.empty() && !MatchesAny(include, path, unrotated)) return false;
  return !MatchesAny(exclude, path, unrotated);
}

std::string_view FollowedFiles::Relative(std::string_view path) const {
  for (const std::string& root : roots_)
    if (path.starts_with(root)) return path.substr(root.size());
  return path;
}

FollowedFile* FollowedFiles::Find(const std::string& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

FollowedFile* FollowedFiles::FindInode(const Inode& inode) const {
  const auto found = files_.find(inode);
  return found == files_.end() ? nullptr : found->second.get();
}

std::size_t FollowedFiles::MostOpen() {
  constexpr std::size_t kLeftFree = 512;
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kLeftFree;
  const std::size_t all = std::min<rlim_t>(limit.rlim_cur, 1u << 20);
  return all - std::min(kLeftFree, all / 2);
}

void FollowedFiles::SetRoot(const std::string& root) {
  const std::string prefix = root + "/";
  if (std::find(roots_.begin(), roots_.end(), prefix) == roots_.end()) roots_.push_back(prefix);
  for (const auto& [path, file] : by_path_)
    if (path.starts_with(prefix)) Named(path);
}

void FollowedFiles::Named(const std::string& path) {
  if (named_.empty() || named_.back() != path) named_.push_back(path);
}

bool FollowedFiles::HasRoom() {
  if (open_ >= most_open_) ParkIdle();
  return open_ < most_open_;
}

// Parks a quarter of them at once, so that the search for idle files is rare.
void FollowedFiles::ParkIdle() {
  std::vector<FollowedFile*> idle;
  for (const auto& [inode, file] : files_)
    if (file->reader.is_open() && !file->path.empty() && file->stream.held.empty())
      idle.push_back(file.get());
  std::sort(idle.begin(), idle.end(), [](const auto* a, const auto* b) { return a->grown_at < b->grown_at; });
  const std::size_t enough = most_open_ - most_open_ / 4 - 1;
  for (FollowedFile* file : idle) {
    if (open_ <= enough) return;
    Park(file);
  }
}

void FollowedFiles::Park(FollowedFile* file) {
  if (!file->path.empty() && file->reader.Park()) --open_;
}

FollowedFiles::Opened FollowedFiles::Open(FollowedFile* file) {
  if (file->reader.is_open()) return Opened::kOpen;
  struct stat status = {};
  if (file->path.empty() || lstat(file->path.c_str(), &status) != 0 ||
      Inode(status.st_dev, status.st_ino) != file->inode)
    return Opened::kGone;
  if (!file->reader.HasChanged(status)) return Opened::kUnchanged;
  if (!HasRoom()) return Opened::kNoRoom;
  const int fd = OpenLog(file->path);
  if (fd < 0) return errno == EMFILE || errno == ENFILE ? Opened::kNoDescriptor : Opened::kGone;
  if (fstat(fd, &status) != 0 || Inode(status.st_dev, status.st_ino) != file->inode) {
    close(fd);
    return Opened::kGone;
  }
  file->reader.Reopen(fd);
  ++open_;
  return Opened::kOpen;
}

// If `fd` is -1, the file is opened when it is its turn to be read.
FollowedFile* FollowedFiles::Add(const Inode& inode, int fd, const std::string& path) {
  std::unique_ptr<FollowedFile>& file = files_[inode];
  if (file == nullptr) {
    file = std::make_unique<FollowedFile>(fd);
  } else {  // the number of a file that was removed while it was closed
    file->reader.Replace(fd);
  }
  if (fd >= 0) ++open_;
  file->inode = inode;
  file->born = BirthTime(fd, path);
  file->stream = formatter_->Open(Relative(path));
  return file.get();
}

// Returns the file with this number if it is open, or if it was born at the same time.
FollowedFile* FollowedFiles::FindBorn(const Inode& inode, int fd, const std::string& path) const {
  FollowedFile* file = FindInode(inode);
  if (file == nullptr || file->reader.is_open()) return file;
  return file->born == BirthTime(fd, path) ? file : nullptr;
}

FollowedFiles::Known FollowedFiles::Look(const std::string& path, std::int64_t skipped_before,
                                         FollowedFile** file) {
  // A rotation renames many known files, so each gets one look only.
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) return Known::kNone;
  *file = FindBorn({status.st_dev, status.st_ino}, -1, path);
  if (*file != nullptr) return Known::kKnown;
  if (!S_ISREG(status.st_mode)) return Known::kNone;
  const bool has_room = HasRoom();
  const int fd = has_room ? OpenLog(path) : -1;
  if (has_room && fd < 0 && errno != EMFILE && errno != ENFILE) return Known::kNone;
  if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
    close(fd);
    return Known::kNone;
  }
  const Inode inode = {status.st_dev, status.st_ino};
  *file = FindBorn(inode, fd, path);
  if (*file != nullptr) {  // it got this name after the lstat()
    if (fd >= 0) close(fd);
    return Known::kKnown;
  }
  *file = Add(inode, fd, path);
  if (WriteTime(status) < skipped_before) (*file)->reader.SkipToEnd();
  return Known::kFresh;
}

void FollowedFiles::Assign(FollowedFile* file, const std::string& path) {
  if (file->path == path) return;
  Forget(path);
  if (!file->path.empty()) by_path_.erase(file->path);
  file->path = path;
  by_path_[path] = file;
  formatter_->Rename(Relative(path), &file->stream);
}

void FollowedFiles::Forget(const std::string& path) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return;
  found->second->path.clear();
  displaced_.push_back(found->second);
  by_path_.erase(found);
}

FollowedFiles::Changes FollowedFiles::Resolve(std::int64_t skipped_before) {
  Changes changes;
  std::vector<std::string> named;
  named.swap(named_);
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  for (const std::string& path : named) {
    if (!Wants(path)) continue;
    FollowedFile* file = nullptr;
    switch (Look(path, skipped_before, &file)) {
      case Known::kNone:
        Forget(path);
        break;
      case Known::kKnown:
        if (file->path != path) changes.fresh.push_back(file);
        Assign(file, path);
        break;
      case Known::kFresh:
        changes.fresh.push_back(file);
        Assign(file, path);
        break;
    }
  }
  for (FollowedFile* file : std::exchange(displaced_, {}))
    if (file->path.empty()) changes.nameless.push_back(file);
  return changes;
}

void FollowedFiles::Remove(FollowedFile* file) {
  if (!file->path.empty()) by_path_.erase(file->path);
  if (file->reader.is_open()) --open_;
  files_.erase(file->inode);
}

void FollowedFiles::ForEach(const std::function<void(FollowedFile*)>& visit) const {
  for (const auto& [inode, file] : files_) visit(file.get());
}

}  // namespace ray_init_agent
