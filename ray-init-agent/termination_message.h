// Writes why the container died, for `kubectl describe pod`, into the file named by terminationMessagePath.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ray-init-agent/cgroup.h"
#include "shared/result.h"

namespace ray_init_agent {

inline constexpr std::size_t kMaxTerminationMessageBytes = 4096;  // the kubelet's own limit
inline constexpr const char* kDefaultTerminationMessagePath = "/dev/termination-log";

// The container's memory from its cgroup. A limit or peak is absent if the file does not exist or says "max".
struct CgroupMemory {
  std::optional<std::uint64_t> limit_bytes;
  std::optional<std::uint64_t> peak_bytes;
  std::uint64_t oom_kills = 0;  // how many processes of this cgroup the OOM killer has ended

  bool operator==(const CgroupMemory&) const = default;
};

// Reads cgroup v2 (memory.max, memory.peak, memory.events) or v1 (memory.limit_in_bytes,
// memory.max_usage_in_bytes, memory.oom_control). Blocks for some small reads.
CgroupMemory ReadCgroupMemory(const Cgroups& cgroups);

struct LogExcerpt {
  std::string file;                // its path below the logs directory
  std::vector<std::string> lines;  // oldest first

  bool operator==(const LogExcerpt&) const = default;
};

// Everything that is known when the container ends. Texts are any bytes.
struct Termination {
  std::string summary;             // one line: `"ray" ended with exit code 1`, or our own failure's message
  std::string hint;                // a sentence, or empty
  CgroupMemory memory;             // oom_kills counts those since the child was started
  std::vector<LogExcerpt> fatal;   // fatal lines of the raylet and the GCS
  std::optional<LogExcerpt> last;  // the last lines of the log that matters most
};

// Returns at most kMaxTerminationMessageBytes of UTF-8 with control characters shown as \xNN: the summary,
// then OOM with peak and limit, fatal lines, last lines. Long lines are cut, and the oldest lines are left
// out if there is no room for all.
std::string FormatTerminationMessage(const Termination& termination);

// Reads Ray's logs in `logs_dir` into termination->fatal and termination->last; `output` is the child's own
// last lines, oldest first; an empty logs_dir leaves only that. Reads at most the last 64 KiB of each file,
// and leaves out what cannot be read.
//
// fatal: which of its processes `ray start --block` saw end (from ray_process_exit.log or, before Ray 2.52,
// from `output`), then the fatal lines (level F or C of Ray's C++ logs, "Check failed", "*** SIGSEGV
// received", a Python traceback's last line) at the ends of the logs of those processes, of the raylet and of
// the GCS.
//
// last: the last lines of the log that matters most, without stack frames and statistics. That is the log of
// a process that ended, else the first with a fatal line, else the one that was written last, else `output`.
void ReadFatalLogs(const std::string& logs_dir, const std::vector<std::string>& output,
                   Termination* termination);

// Writes the whole file at `path`, which must exist. An error is for the log only, because it matters less
// than the container's end itself.
shared::Status WriteTerminationMessage(const std::string& path, std::string_view message);

}  // namespace ray_init_agent
