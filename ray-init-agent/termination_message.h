// Why the container died, for `kubectl describe pod`: the file named by terminationMessagePath.
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

// The container's memory as its cgroup tells it; absent where the file is not there or says "max".
struct CgroupMemory {
  std::optional<std::uint64_t> limit_bytes;
  std::optional<std::uint64_t> peak_bytes;
  std::uint64_t oom_kills = 0;  // processes of this cgroup that the OOM killer ended so far

  bool operator==(const CgroupMemory&) const = default;
};

// Reads cgroup v2 (memory.max, memory.peak, memory.events) or v1 (memory.limit_in_bytes,
// memory.max_usage_in_bytes, memory.oom_control). Blocks for a few small reads.
CgroupMemory ReadCgroupMemory(const Cgroups& cgroups);

struct LogExcerpt {
  std::string file;                // as named below the logs directory
  std::vector<std::string> lines;  // oldest first

  bool operator==(const LogExcerpt&) const = default;
};

// All that is known when the container ends. Texts are any bytes.
struct Termination {
  std::string summary;             // one line: `ray start exited with code 1`, or our own failure's message
  std::string hint;                // a sentence, or empty
  CgroupMemory memory;             // oom_kills: those since the child was started
  std::vector<LogExcerpt> fatal;   // raylet's and the GCS's own fatal lines
  std::optional<LogExcerpt> last;  // the last lines of the log that matters most
};

// At most kMaxTerminationMessageBytes of UTF-8 with control characters shown as \xNN: the summary, then OOM
// with peak and limit, fatal lines, last lines. Long lines are cut, and the oldest lines are left out where
// there is no room for all.
std::string FormatTerminationMessage(const Termination& termination);

// Which of its processes `ray start --block` saw end (ray_process_exit.log, or, before Ray 2.52, among the
// last lines of the child's `output`, oldest first), the fatal lines (level F or C of Ray's C++ logs, "Check
// failed", "*** SIGSEGV received", a Python traceback's last line) at the end of the logs of those, of raylet
// and of the GCS in `logs_dir`, and the last lines of the log that matters most: that of a process that
// ended, else the first with a fatal line, else the one written last, else the output; without stack frames
// and statistics. Reads at most the last 64 KiB of each file; what cannot be read is left out.
void ReadFatalLogs(const std::string& logs_dir, const std::vector<std::string>& output,
                   Termination* termination);

// Writes the whole file at `path`, which must be there already or creatable. Never follows what it cannot
// write with an error that matters more than the end itself: a failure is returned for the log only.
shared::Status WriteTerminationMessage(const std::string& path, std::string_view message);

}  // namespace ray_init_agent
