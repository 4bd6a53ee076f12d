// Copies Ray's log files to stdout, while the files stay.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ray-init-agent/counters.h"
#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_file.h"
#include "ray-init-agent/log_formatter.h"
#include "shared/deadline.h"
#include "shared/result.h"

namespace ray_init_agent {

struct LogTailerOptions {
  // The directory to follow: every regular file in and below it. It may be reached through a symbolic link
  // that changes (session_latest), and need not exist yet.
  std::string logs_dir = "/tmp/ray/session_latest/logs";
  LogFormat format = LogFormat::kText;
  // fnmatch(3) patterns for the path below logs_dir ("worker-*", "events/*"; `*` does not match a slash, and
  // a pattern without a slash is for names at any depth). No include: everything. Exclude wins.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
  // Leaves out what the files hold at Start(): an emptyDir outlives its container, whose lines were copied
  // then.
  bool only_new = false;
  // A warning names a logs_dir that has not appeared after this time; zero: never.
  std::chrono::milliseconds missing_after = std::chrono::minutes(1);
  LogLabels labels = {};
  int output_fd = 1;  // not owned
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// Follows files by inode, so that each line of each file comes out once, and the lines of one log come out in
// the order of writing, whatever the files are renamed to: rotation, truncation, deletion, new files, new
// directories, a new session. (If files are renamed faster than they can be opened, the order holds for 5 s.)
//
// Reading stops while the output is full. A slow reader causes nothing else: Ray writes to its files
// undisturbed, and what it deletes meanwhile is held open until it was read (up to kMaxHeldBytes, after which
// a record says what was skipped). The loop is never blocked: the output is written without blocking, and
// without O_NONBLOCK on a description that the children share. A line longer than LogFile::kMaxLineBytes
// comes out in pieces of that size. If the output is closed, the copying ends and nothing else does.
class LogTailer {
 public:
  static constexpr std::uint64_t kMaxHeldBytes = 1u << 30;

  // `loop` must outlive this.
  LogTailer(EventLoop* loop, LogTailerOptions options);
  ~LogTailer();
  LogTailer(const LogTailer&) = delete;
  LogTailer& operator=(const LogTailer&) = delete;

  // Finds the files that exist and follows them.
  void Start();

  // From here on `logs_dir` is followed instead of the directory in the options. With only_new, what is in
  // its files is left out if they were last written before Start().
  void SetLogsDir(const std::string& logs_dir);

  // Writes a record of the agent's own among the others, of component "ray-init-agent". `level` is that of
  // JSON records ("INFO", "WARNING", "ERROR"); `message` is one line without its newline.
  void Say(std::string_view level, std::string_view message);

  // Copies the lines that arrive on `fd` (a pipe, owned from here on) as lines of `component`, as if they
  // came from a file. Their writer waits for a slow reader of the output, but not for one that has stopped:
  // after a second without room the pipe is read again, and what does not fit into 1 MiB is dropped, with a
  // record that counts the lines.
  shared::Status AddPipe(int fd, const std::string& component);

  // Returns the newest lines that came through the pipes, 40 at most and the oldest first. Reads what has
  // arrived, and does not wait for more.
  std::vector<std::string> LastPipeLines();

  // To call once the writers have ended: copies what is left, partial last lines included, until everything
  // is written or `deadline` has passed. Blocks. Nothing is copied afterwards.
  void Finish(shared::Deadline deadline);

  // Whether the file at this path (links resolved) may be removed at this size, because all of it was copied,
  // or nothing of it will be.
  bool IsDone(const std::string& path, std::uint64_t bytes) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ray_init_agent
