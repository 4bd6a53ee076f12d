// The log files that are followed, each known by its inode whatever its name becomes.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_file.h"
#include "ray-init-agent/log_formatter.h"

namespace ray_init_agent {

struct FollowedFile {
  explicit FollowedFile(int fd) : reader(fd) {}

  std::pair<dev_t, ino_t> inode;
  std::int64_t born = 0;  // nanoseconds since the epoch; 0 if the file system does not report it
  std::string path;       // absolute; empty if no name of it is known any more
  LogFile reader;
  LogStream stream;
  bool queued = false;                      // waits to be read
  bool last_read = false;                   // nameless, and its writers had time to notice
  EventLoop::Clock::time_point grown_at{};  // when something new was last seen in it
};

// Whether all of `a` was written before anything of `b`, if they are files of one log. A rotated file is
// older than the one that took its name. If both were born in one tick of the kernel's clock, or the file
// system does not report births, then a file that has lost its name is older than one that has a name, and a
// higher rotation is older.
bool IsOlder(const FollowedFile* a, const FollowedFile* b);

// Whether the path is the name that an NFS client gives to a file that was removed while it is open: for
// everybody else that file has no name.
bool IsRemovedOnNfs(std::string_view path);

// Decides which paths (below the logs directory) are wanted: see LogTailerOptions.
struct LogGlobs {
  std::vector<std::string> include;
  std::vector<std::string> exclude;

  // A rotated file is wanted if its unrotated name is. A file that was removed on NFS is not.
  bool Wants(std::string_view path) const;
};

// All followed files, of which `most_open` are open at once. Above that number, files that were read whole
// are closed, those first that were idle for the longest time, and opened again when they change. A closed
// file is known by its inode and its birth. Not thread-safe.
class FollowedFiles {
 public:
  FollowedFiles(const LogFormatter* formatter, LogGlobs globs, std::size_t most_open)
      : formatter_(formatter), globs_(std::move(globs)), most_open_(most_open) {}

  // How many of its descriptors this process may use for log files. Some hundred of the limit, or half of a
  // small limit, are left for probes, connections and the start of the child.
  static std::size_t MostOpen();

  // LogWatch reports paths here; Resolve() looks at all that were named since the last Resolve(). A root that
  // was known may be another directory now, so what was in it is looked at again.
  void SetRoot(const std::string& root);
  void Named(const std::string& path);
  bool has_named() const { return !named_.empty(); }  // since the last Resolve()
  struct Changes {
    std::vector<FollowedFile*> fresh;     // to be read: new files and renamed ones
    std::vector<FollowedFile*> nameless;  // removed, or moved away
  };
  // Looks at the named paths. If a fresh file was last written before `skipped_before` (nanoseconds since the
  // epoch), what is in it now is left out.
  Changes Resolve(std::int64_t skipped_before = INT64_MIN);

  enum class Opened {
    kOpen,
    kUnchanged,     // it is parked, and nothing in it is new
    kGone,          // its path means another file, or none: the watch will report that
    kNoRoom,        // all open files are still to be read
    kNoDescriptor,  // the system has no descriptor left
  };
  // Opens the file if it is closed and may hold something new.
  Opened Open(FollowedFile* file);
  // Closes the file if it was read whole.
  void Park(FollowedFile* file);
  // From here on files are opened however many are open, for the last look at all of them, one after the
  // other.
  void LiftLimit() { most_open_ = SIZE_MAX; }

  // Returns the file at `path`, or nullptr.
  FollowedFile* Find(const std::string& path) const;
  bool Wants(const std::string& path) const { return globs_.Wants(Relative(path)); }
  std::string_view Relative(std::string_view path) const;
  void Remove(FollowedFile* file);
  std::size_t size() const { return files_.size(); }
  std::size_t open_count() const { return open_; }
  void ForEach(const std::function<void(FollowedFile*)>& visit) const;

 private:
  using Inode = std::pair<dev_t, ino_t>;

  // FindInode() returns the file with that number, or nullptr. If that file is closed, another file may have
  // the number by now, with another birth: FindBorn() returns nullptr then. It reads the birth from `fd`, or
  // from `path` if `fd` is -1.
  FollowedFile* FindInode(const Inode& inode) const;
  FollowedFile* FindBorn(const Inode& inode, int fd, const std::string& path) const;
  enum class Known { kFresh, kKnown, kNone };
  Known Look(const std::string& path, std::int64_t skipped_before, FollowedFile** file);
  FollowedFile* Add(const Inode& inode, int fd, const std::string& path);
  bool HasRoom();
  void ParkIdle();
  void Assign(FollowedFile* file, const std::string& path);
  void Forget(const std::string& path);

  const LogFormatter* formatter_;
  LogGlobs globs_;
  std::vector<std::string> roots_;  // each ends with a slash
  std::vector<std::string> named_;
  std::map<Inode, std::unique_ptr<FollowedFile>> files_;
  std::unordered_map<std::string, FollowedFile*> by_path_;
  std::vector<FollowedFile*> displaced_;
  std::size_t most_open_;
  std::size_t open_ = 0;
};

}  // namespace ray_init_agent
