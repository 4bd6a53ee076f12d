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
  std::int64_t born = 0;  // nanoseconds since the epoch; 0: the file system does not tell
  std::string path;       // absolute; empty once no name of it is known any more
  LogFile reader;
  LogStream stream;
  bool queued = false;                      // waits to be read
  bool last_read = false;                   // nameless, and its writers had time to notice
  EventLoop::Clock::time_point grown_at{};  // when it was last seen with something new
};

// Whether all of `a` was written before anything of `b`, if they are of one log. A rotated file is older than
// the one that took its name; where two were born in one tick of the kernel's clock, or the file system does
// not tell, what has lost its name is older than what has one, and a higher number is older.
bool IsOlder(const FollowedFile* a, const FollowedFile* b);

// Whether this is what an NFS client calls a file that was removed while it is open: for all others it has no
// name.
bool IsRemovedOnNfs(std::string_view path);

// Which paths (below the logs directory) are wanted: see LogTailerOptions.
struct LogGlobs {
  std::vector<std::string> include;
  std::vector<std::string> exclude;

  // A rotated file is wanted if its unrotated name is. What was removed on NFS is not.
  bool Wants(std::string_view path) const;
};

// The files that are open at once, of which there are `most_open`: above that, those that were read whole are
// closed, the longest idle ones first, and opened again when they change. A file that is closed is known by
// its inode and its birth.
class LogFiles {
 public:
  LogFiles(const LogFormatter* formatter, LogGlobs globs, std::size_t most_open)
      : formatter_(formatter), globs_(std::move(globs)), most_open_(most_open) {}

  // What this process may open of its limit: some hundred descriptors, or half of few, are left for probes,
  // connections and the start of its child.
  static std::size_t MostOpen();

  // Paths come from LogWatch; Resolve() looks at all that were named since the last one. A root that was
  // known may be another directory now: what was in it is looked at again.
  void SetRoot(const std::string& root);
  void Named(const std::string& path);
  struct Changes {
    std::vector<FollowedFile*> fresh;     // to be read: new ones and renamed ones
    std::vector<FollowedFile*> nameless;  // removed, or moved away
  };
  // What is in those fresh ones now that were last written before `skipped_before` (nanoseconds since the
  // epoch) is left out.
  Changes Resolve(std::int64_t skipped_before = INT64_MIN);

  enum class Opened {
    kOpen,
    kUnchanged,     // it was parked, and nothing of it is new
    kGone,          // its path means another file, or none: the watch will name that
    kNoDescriptor,  // all that are open are still to be read, or the system has none left
  };
  // Makes sure that the file can be read.
  Opened Open(FollowedFile* file);
  // Closes the file if it was read whole.
  void Park(FollowedFile* file);
  // From here on files are opened however many are open: for the last look at all, one after the other.
  void LiftLimit() { most_open_ = SIZE_MAX; }

  // The file at `path`, or nullptr.
  FollowedFile* Find(const std::string& path) const;
  bool Wants(const std::string& path) const { return globs_.Wants(Relative(path)); }
  std::string_view Relative(std::string_view path) const;
  void Remove(FollowedFile* file);
  void ForEach(const std::function<void(FollowedFile*)>& visit) const;

 private:
  using Inode = std::pair<dev_t, ino_t>;

  // The file of that number, or nullptr. Of one that is closed another file may have the number by now, with
  // another birth: FindBorn() separates them, by `fd` or, where that is -1, by `path`.
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
  std::vector<std::string> roots_;  // each with a slash at its end
  std::vector<std::string> named_;
  std::map<Inode, std::unique_ptr<FollowedFile>> files_;
  std::unordered_map<std::string, FollowedFile*> by_path_;
  std::vector<FollowedFile*> displaced_;
  std::size_t most_open_;
  std::size_t open_ = 0;
};

}  // namespace ray_init_agent
