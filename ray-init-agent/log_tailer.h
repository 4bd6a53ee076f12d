// Ray's log files on stdout, while the files stay.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ray-init-agent/event_loop.h"
#include "ray-init-agent/log_file.h"
#include "ray-init-agent/log_formatter.h"
#include "shared/deadline.h"
#include "shared/result.h"

namespace ray_init_agent {

struct LogTailerOptions {
  // The directory to follow: every regular file in and below it. It may be reached through a symbolic link
  // that changes (session_latest), and need not be there yet.
  std::string logs_dir = "/tmp/ray/session_latest/logs";
  LogFormat format = LogFormat::kText;
  // fnmatch(3) patterns over the path below logs_dir ("worker-*", "events/*"; `*` does not match a slash, and
  // a pattern without one is for names at any depth). No include: everything. Exclude wins.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
  // Leaves out what the files hold at Start(): an emptyDir outlives its container, whose lines were copied
  // then.
  bool only_new = false;
  // A logs_dir that has not appeared by then is named in a warning; zero: never.
  std::chrono::milliseconds missing_after = std::chrono::minutes(1);
  LogLabels labels = {};
  int output_fd = 1;  // not owned
};

// Follows files by inode, so that each line of each file comes out once, and those of one log in the order of
// writing, whatever the files are renamed to: rotation, truncation, deletion, new files, new directories, a
// new session. (Where files are renamed faster than they can be opened, the order holds for 5 s.) Reads stop
// while the output is full, which is the only thing a slow reader causes: Ray writes to its files
// undisturbed, and what it deletes meanwhile is held open until it was read (up to kMaxHeldBytes, after which
// a record says what was skipped). Never blocks the loop: the output is written without blocking and without
// O_NONBLOCK on a description that the children share. A line longer than LogFile::kMaxLineBytes comes out in
// pieces of that size. An output that is closed ends the copying and nothing else.
class LogTailer {
 public:
  static constexpr std::uint64_t kMaxHeldBytes = 1u << 30;

  // `loop` must outlive this.
  LogTailer(EventLoop* loop, LogTailerOptions options);
  ~LogTailer();
  LogTailer(const LogTailer&) = delete;
  LogTailer& operator=(const LogTailer&) = delete;

  // Finds what is there and follows it.
  void Start();

  // From here on `logs_dir` is followed, and no longer the directory of the options. With only_new what is in
  // its files is left out if they were last written before Start().
  void SetLogsDir(const std::string& logs_dir);

  // A record of the agent's own among the others, of component "ray-init-agent"; `level` as in JSON records
  // ("INFO", "WARNING", "ERROR"). One line, without its newline.
  void Say(std::string_view level, std::string_view message);

  // The bytes that arrive on `fd` (a pipe, owned from here on) are lines of `component`, as if of a file.
  // Their writer waits for a slow reader of the output, and not for one that has stopped: after a second
  // without room the pipe is read on, and what does not fit into 1 MiB is dropped, with a record that counts
  // the lines.
  shared::Status AddPipe(int fd, const std::string& component);

  // The newest lines that came through the pipes, 40 at most and the oldest first; takes what is there, and
  // does not wait for more.
  std::vector<std::string> LastPipeLines();

  // Once the writers have ended: copies what is left, partial last lines included, until everything is out or
  // the deadline passed. Blocks. Nothing is copied afterwards.
  void Finish(shared::Deadline deadline);

  // Whether the file of this path (links resolved) may be removed at this size: all of it was copied, or
  // nothing of it will be.
  bool IsDone(const std::string& path, std::uint64_t bytes) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ray_init_agent
