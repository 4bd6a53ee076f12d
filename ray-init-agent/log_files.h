// The log files that are followed, each known by its inode whatever its name becomes.
#pragma once

#include <sys/types.h>

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
  bool queued = false;                     // waits to be read
  bool last_read = false;                  // nameless, and its writers had time to notice
  EventLoop::Clock::time_point read_at{};  // the last time
};

// Whether all of `a` was written before anything of `b`, if they are of one log. A rotated file is older than
// the one that took its name; where two were born in one tick of the kernel's clock, or the file system does
// not tell, what has lost its name is older than what has one, and a higher number is older.
bool IsOlder(const FollowedFile* a, const FollowedFile* b);

// Which paths (below the logs directory) are wanted: see LogTailerOptions.
struct LogGlobs {
  std::vector<std::string> include;
  std::vector<std::string> exclude;

  // A rotated file is wanted if its unrotated name is.
  bool Wants(std::string_view path) const;
};

class LogFiles {
 public:
  LogFiles(const LogFormatter* formatter, LogGlobs globs) : formatter_(formatter), globs_(std::move(globs)) {}

  // Paths come from LogWatch; Resolve() looks at all that were named since the last one.
  void SetRoot(const std::string& root) { roots_.push_back(root + "/"); }
  void Named(const std::string& path) { named_.push_back(path); }
  struct Changes {
    std::vector<FollowedFile*> fresh;     // to be read: new ones and renamed ones
    std::vector<FollowedFile*> nameless;  // removed, or moved away
    bool out_of_descriptors = false;  // some could not be opened and are tried again by the next Resolve()
  };
  Changes Resolve();

  // The file at `path`, or nullptr.
  FollowedFile* Find(const std::string& path) const;
  bool Wants(const std::string& path) const { return globs_.Wants(Relative(path)); }
  std::string_view Relative(std::string_view path) const;
  void Remove(FollowedFile* file);
  void ForEach(const std::function<void(FollowedFile*)>& visit) const;

 private:
  using Inode = std::pair<dev_t, ino_t>;

  // The file of that number, or nullptr: none but ours has it, for ours is open.
  FollowedFile* FindInode(const Inode& inode) const;
  enum class Opened { kFresh, kKnown, kNone, kNoDescriptor };
  Opened Open(const std::string& path, FollowedFile** file);
  void Assign(FollowedFile* file, const std::string& path);
  void Forget(const std::string& path);

  const LogFormatter* formatter_;
  LogGlobs globs_;
  std::vector<std::string> roots_;  // each with a slash at its end
  std::vector<std::string> named_;
  std::map<Inode, std::unique_ptr<FollowedFile>> files_;
  std::unordered_map<std::string, FollowedFile*> by_path_;
  std::vector<FollowedFile*> displaced_;
};

}  // namespace ray_init_agent
