#include "ray-init-agent/log_tailer.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ray-init-agent/log_files.h"
#include "ray-init-agent/log_output.h"
#include "ray-init-agent/log_watch.h"
#include "ray-init-agent/note.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using std::chrono::milliseconds;
using Clock = EventLoop::Clock;

// Between two rounds of reading: what is written meanwhile is read in one go instead of line by line. So many
// times as long as the round took, so that a writer of single lines costs no more than 5% of a CPU, and one
// that writes now and then is not waited for. None after a round that brought so much by itself.
constexpr int kRestsPerRound = 20;
constexpr std::uint64_t kMuchInARound = 64u << 10;  // bytes
constexpr milliseconds kShortestRest(1), kLongestRest(10);
// Longest time one round may keep the loop from its other work.
constexpr milliseconds kLongestRound(5);
// After this long without another line a traceback is over.
constexpr milliseconds kTracebackPause(250);
// How long a removed file may still be written to by those who have it open.
constexpr milliseconds kNamelessGrace(1000);
constexpr milliseconds kPollInterval(250);
constexpr milliseconds kRetryInterval(1000);
// How long files may be renamed faster than they can be opened before they are read in whatever order.
constexpr milliseconds kLongestUnsettled(5000);

struct Pipe {
  int fd;
  LogStream stream;
  std::string unfinished = {};
  Clock::time_point read_at = {};
};

std::chrono::system_clock::time_point Now() { return std::chrono::system_clock::now(); }

}  // namespace

class LogTailer::Impl {
 public:
  Impl(EventLoop* loop, LogTailerOptions options);
  ~Impl();

  void Start();
  void Say(std::string_view level, std::string_view message);
  shared::Status AddPipe(int fd, const std::string& component);
  void Finish(shared::Deadline deadline);
  std::string root() const { return watch_.root(); }

 private:
  // What a timer is for; each runs at most once at a time.
  enum Timer {
    kResting,
    kContinuing,
    kPolling,
    kRetrying,
    kTracebacks,
    kRetiring,
    kQuota,
    kOutput,
    kMissing,
    kTimers
  };

  void After(milliseconds delay, Timer timer, void (Impl::*task)());
  LogWatchHandler MakeHandler();
  void OnNames();
  void OnWrites();
  void EndRest();
  void Poll();
  void Resolve();
  void Pump();
  bool NamesAreSettled();
  bool Write();
  void OnOutputState(LogOutput::State state);
  void OnOutputReady();
  void ReadOne(FollowedFile* file);
  void Enqueue(FollowedFile* file);
  void LimitHeld();
  void RetireNameless();
  void Retire(FollowedFile* file);
  void FlushTracebacks();
  void ReadPipe(Pipe* pipe);
  void EndPipe(int fd);
  void SayIfMissing();
  void ApplyQuota();
  void RemoveOld(const OldLog& log, bool by_age);
  void ReadRestOfAll(shared::Deadline deadline);
  void Close();
  LogFile::OnLine LinesOf(LogStream* stream);

  EventLoop* loop_;
  LogTailerOptions options_;
  LogFormatter formatter_;
  LogFiles files_;
  LogOutput output_;
  LogWatch watch_;
  LineBuffer buffer_;
  LogStream own_stream_;
  std::map<int, Pipe> pipes_;
  std::deque<FollowedFile*> queue_;   // to be read
  std::set<FollowedFile*> nameless_;  // removed, and maybe not read to their ends
  std::set<FollowedFile*> holding_;   // in the middle of a traceback
  std::array<EventLoop::TimerId, kTimers> timers_ = {};
  std::uint64_t bytes_read_ = 0;
  bool watched_ = false;  // the loop tells of changed names
  std::optional<Clock::time_point> unsettled_since_;
  bool closed_ = false;
  bool waits_for_output_ = false;
  bool output_failure_told_ = false;
  bool descriptors_told_ = false;
};

LogTailer::Impl::Impl(EventLoop* loop, LogTailerOptions options)
    : loop_(loop),
      options_(std::move(options)),
      formatter_(options_.format, options_.labels),
      files_(&formatter_, {options_.include, options_.exclude}),
      output_(options_.output_fd),
      watch_(options_.logs_dir, MakeHandler()),
      own_stream_(formatter_.OpenComponent("ray-init-agent")) {}

LogTailer::Impl::~Impl() {
  Close();
  for (const auto& [fd, pipe] : pipes_) {
    loop_->RemoveFd(fd);
    close(fd);
  }
}

LogWatchHandler LogTailer::Impl::MakeHandler() {
  LogWatchHandler handler;
  handler.on_root = [this](const std::string& root) { files_.SetRoot(root); };
  handler.on_named = [this](const std::string& path) { files_.Named(path); };
  handler.on_written = [this](const std::string& path) {
    if (FollowedFile* file = files_.Find(path)) {
      Enqueue(file);
    } else {
      files_.Named(path);
    }
  };
  handler.on_lost = [this] { files_.ForEach([this](FollowedFile* file) { Enqueue(file); }); };
  return handler;
}

void LogTailer::Impl::After(milliseconds delay, Timer timer, void (Impl::*task)()) {
  if (timers_[timer] != 0 || closed_) return;
  timers_[timer] = loop_->AddTimer(delay, [this, timer, task] {
    timers_[timer] = 0;
    (this->*task)();
  });
}

void LogTailer::Impl::Start() {
  watch_.Begin();
  if (options_.only_new)
    for (FollowedFile* file : files_.Resolve().fresh) file->reader.SkipToEnd();
  watched_ = !watch_.needs_poll() &&
             loop_->AddFd(watch_.names_fd(), EPOLLIN, [this](std::uint32_t) { OnNames(); }) &&
             loop_->AddFd(watch_.writes_fd(), EPOLLIN, [this](std::uint32_t) { OnWrites(); });
  if (!watched_) After(kPollInterval, kPolling, &Impl::Poll);
  if (options_.quota.bytes > 0 || options_.quota.age.count() > 0)
    After(options_.quota_interval, kQuota, &Impl::ApplyQuota);
  if (options_.missing_after.count() > 0) After(options_.missing_after, kMissing, &Impl::SayIfMissing);
  Resolve();
  Pump();
}

void LogTailer::Impl::OnNames() {
  watch_.ReadNames();
  Resolve();
  Pump();
  if (watch_.needs_poll())
    After(kPollInterval, kPolling, &Impl::Poll);  // a new directory may be one too many
}

void LogTailer::Impl::OnWrites() {
  const Clock::time_point begin = Clock::now();
  const std::uint64_t read_before = bytes_read_;
  watch_.ReadWrites();
  Resolve();
  Pump();
  if (closed_ || bytes_read_ - read_before >= kMuchInARound) return;
  loop_->ChangeFd(watch_.writes_fd(), 0);
  const auto rest = std::chrono::ceil<milliseconds>(kRestsPerRound * (Clock::now() - begin));
  After(std::clamp(rest, kShortestRest, kLongestRest), kResting, &Impl::EndRest);
}

void LogTailer::Impl::EndRest() { loop_->ChangeFd(watch_.writes_fd(), EPOLLIN); }

void LogTailer::Impl::Poll() {
  watch_.Poll();
  Resolve();
  Pump();
  After(kPollInterval, kPolling, &Impl::Poll);
}

void LogTailer::Impl::Resolve() {
  const LogFiles::Changes changes = files_.Resolve();
  for (FollowedFile* file : changes.fresh) {
    nameless_.erase(file);
    file->last_read = false;
    Enqueue(file);
  }
  for (FollowedFile* file : changes.nameless) {
    nameless_.insert(file);
    Enqueue(file);
  }
  if (!changes.fresh.empty() || !changes.nameless.empty())
    std::stable_sort(queue_.begin(), queue_.end(), IsOlder);
  if (!nameless_.empty()) After(kNamelessGrace, kRetiring, &Impl::RetireNameless);
  if (!changes.nameless.empty()) LimitHeld();
  if (!changes.out_of_descriptors) return;
  if (!std::exchange(descriptors_told_, true))
    Say("WARNING", "cannot open another log file: the limit on open files is reached; trying again");
  After(kRetryInterval, kRetrying, &Impl::Poll);
}

void LogTailer::Impl::Enqueue(FollowedFile* file) {
  if (std::exchange(file->queued, true)) return;
  queue_.push_back(file);
}

// While names change, a file may have an older one beside it that nobody has opened yet.
bool LogTailer::Impl::NamesAreSettled() {
  if (!watched_ || !watch_.has_names()) {
    unsettled_since_.reset();
    return true;
  }
  const Clock::time_point now = Clock::now();
  if (!unsettled_since_) unsettled_since_ = now;
  return now - *unsettled_since_ > kLongestUnsettled;
}

// Reads what is queued until the output is full, everything is read, or the loop has to look elsewhere.
void LogTailer::Impl::Pump() {
  const Clock::time_point end = Clock::now() + kLongestRound;
  const bool may_read = NamesAreSettled();
  while (!closed_ && !waits_for_output_) {
    if (output_.wants_write() && !Write()) return;
    if (queue_.empty() || !may_read) break;
    ReadOne(queue_.front());
    if (Clock::now() < end) continue;
    After(milliseconds(0), kContinuing, &Impl::Pump);
    break;
  }
  if (!closed_ && !waits_for_output_) Write();
  const bool pipe_holds = std::any_of(pipes_.begin(), pipes_.end(),
                                      [](const auto& pipe) { return !pipe.second.stream.held.empty(); });
  if (!holding_.empty() || pipe_holds) After(kTracebackPause, kTracebacks, &Impl::FlushTracebacks);
}

// Whether everything is out.
bool LogTailer::Impl::Write() {
  const LogOutput::State state = output_.Write();
  OnOutputState(state);
  return state == LogOutput::State::kReady;
}

void LogTailer::Impl::OnOutputState(LogOutput::State state) {
  if (state == LogOutput::State::kReady) {
    output_failure_told_ = false;
    return;
  }
  if (state == LogOutput::State::kClosed) {
    Note("nobody reads stdout any more: the log files are no longer copied");
    return Close();
  }
  if (std::exchange(waits_for_output_, true)) return;
  for (const auto& [fd, pipe] : pipes_) loop_->ChangeFd(fd, 0);
  if (state == LogOutput::State::kFull &&
      loop_->AddFd(output_.fd(), EPOLLOUT, [this](std::uint32_t) { OnOutputReady(); }))
    return;
  if (state == LogOutput::State::kFailed && !std::exchange(output_failure_told_, true))
    Note("cannot write logs to stdout, trying again: " + shared::ErrnoText(errno));
  After(kRetryInterval, kOutput, &Impl::OnOutputReady);
}

void LogTailer::Impl::OnOutputReady() {
  loop_->RemoveFd(output_.fd());
  waits_for_output_ = false;
  for (const auto& [fd, pipe] : pipes_) loop_->ChangeFd(fd, EPOLLIN);
  Pump();
}

LogFile::OnLine LogTailer::Impl::LinesOf(LogStream* stream) {
  return [this, stream, now = Now()](std::string_view line) {
    formatter_.AddLine(line, now, stream, output_.buffer());
  };
}

void LogTailer::Impl::ReadOne(FollowedFile* file) {
  const std::uint64_t offset = file->reader.offset();
  const LogFile::Outcome outcome = file->reader.ReadLines(&buffer_, LinesOf(&file->stream));
  bytes_read_ += file->reader.offset() - offset;
  file->read_at = Clock::now();
  if (!file->stream.held.empty()) holding_.insert(file);
  queue_.pop_front();
  file->queued = false;
  if (outcome == LogFile::Outcome::kMore) {
    file->queued = true;
    // A rotated file is older than what its successor holds, and has an end.
    if (file->path.empty() || file->stream.source.rotation > 0) {
      queue_.push_front(file);
    } else {
      queue_.push_back(file);
    }
  } else if (file->last_read) {
    Retire(file);
  }
}

// What was removed before it was read is kept by our descriptors alone, and still fills the disk.
void LogTailer::Impl::LimitHeld() {
  std::uint64_t held = 0;
  for (const FollowedFile* file : nameless_) held += file->reader.unread();
  while (held > kMaxHeldBytes) {
    const auto largest = std::max_element(
        nameless_.begin(), nameless_.end(),
        [](const auto* a, const auto* b) { return a->reader.unread() < b->reader.unread(); });
    const std::uint64_t skipped = (*largest)->reader.unread();
    Say("WARNING", "skipped " + shared::FormatBytes(skipped) + " of \"" + (*largest)->stream.file +
                       "\": it was removed before the reader of stdout had taken it");
    (*largest)->reader.SkipToEnd();
    held -= skipped;
  }
}

void LogTailer::Impl::RetireNameless() {
  for (FollowedFile* file : nameless_) {
    file->last_read = true;
    Enqueue(file);
  }
  Pump();
}

void LogTailer::Impl::Retire(FollowedFile* file) {
  file->reader.ReadRest(&buffer_, LinesOf(&file->stream));
  formatter_.Flush(Now(), &file->stream, output_.buffer());
  holding_.erase(file);
  nameless_.erase(file);
  files_.Remove(file);
}

void LogTailer::Impl::FlushTracebacks() {
  const Clock::time_point paused = Clock::now() - kTracebackPause;
  for (auto at = holding_.begin(); at != holding_.end();) {
    FollowedFile* file = *at;
    if (!file->stream.held.empty() && (file->queued || file->read_at > paused)) {
      ++at;
      continue;
    }
    formatter_.Flush(Now(), &file->stream, output_.buffer());
    at = holding_.erase(at);
  }
  for (auto& [fd, pipe] : pipes_)
    if (pipe.read_at <= paused) formatter_.Flush(Now(), &pipe.stream, output_.buffer());
  Pump();
}

void LogTailer::Impl::Say(std::string_view level, std::string_view message) {
  if (closed_) return Note(message);
  formatter_.AddRecord(level, shared::EscapeControl(message), Now(), own_stream_, output_.buffer());
  After(milliseconds(0), kContinuing, &Impl::Pump);
}

shared::Status LogTailer::Impl::AddPipe(int fd, const std::string& component) {
  pipes_.emplace(fd, Pipe{fd, formatter_.OpenComponent(component)});
  return loop_->AddFd(fd, EPOLLIN, [this, fd](std::uint32_t) {
    ReadPipe(&pipes_.at(fd));
    Pump();
  });
}

void LogTailer::Impl::ReadPipe(Pipe* pipe) {
  std::array<char, 64u << 10> bytes;
  const ssize_t size = read(pipe->fd, bytes.data(), bytes.size());
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return EndPipe(pipe->fd);
  if (size < 0 || closed_)
    return;  // once nobody reads our stdout, the child's goes nowhere, and never blocks
  pipe->read_at = Clock::now();
  pipe->unfinished.append(bytes.data(), static_cast<std::size_t>(size));
  std::string_view rest = pipe->unfinished;
  const LogFile::OnLine on_line = LinesOf(&pipe->stream);
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    on_line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  if (rest.size() >= LogFile::kMaxLineBytes) {
    on_line(rest);
    rest = {};
  }
  pipe->unfinished.erase(0, pipe->unfinished.size() - rest.size());
}

void LogTailer::Impl::EndPipe(int fd) {
  Pipe& pipe = pipes_.at(fd);
  if (!pipe.unfinished.empty()) LinesOf (&pipe.stream)(pipe.unfinished);
  formatter_.Flush(Now(), &pipe.stream, output_.buffer());
  loop_->RemoveFd(fd);
  close(fd);
  pipes_.erase(fd);
}

void LogTailer::Impl::SayIfMissing() {
  if (!watch_.root().empty()) return;
  Say("WARNING", "no log files: \"" + options_.logs_dir + "\" is not there after " +
                     shared::FormatDuration(options_.missing_after) +
                     "; where the log files are somewhere else, RAY_INIT_AGENT_LOGS_DIR names that");
}

void LogTailer::Impl::ApplyQuota() {
  std::vector<OldLog> logs;
  watch_.VisitFiles([&](const std::string& path) {
    const std::string_view name = files_.Relative(path);
    struct stat status = {};
    if (!name.starts_with("old/") && ParseLogPath(name).rotation == 0) return;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    const FollowedFile* file = files_.Find(path);
    const bool removable = file != nullptr ? file->reader.unread() == 0 : !files_.Wants(path);
    logs.push_back({path, static_cast<std::uint64_t>(status.st_size),
                    std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec), removable});
  });
  for (const LogRemoval& removal : ChooseRemovals(logs, options_.quota, Now()))
    RemoveOld(logs[removal.index], removal.by_age);
  After(options_.quota_interval, kQuota, &Impl::ApplyQuota);
}

void LogTailer::Impl::RemoveOld(const OldLog& log, bool by_age) {
  const std::string what = "\"" + std::string(files_.Relative(log.path)) + "\"";
  if (unlink(log.path.c_str()) != 0)
    return Say("WARNING", "cannot remove " + what + ": " + shared::ErrnoText(errno));
  const std::string why = by_age
                              ? "it is older than the quota allows"
                              : "old logs are over the quota of " + shared::FormatBytes(options_.quota.bytes);
  Say("INFO", "removed " + what + " (" + shared::FormatBytes(log.bytes) + "): " + why);
}

// Reads each file and pipe to its end, writing as it goes.
void LogTailer::Impl::ReadRestOfAll(shared::Deadline deadline) {
  std::vector<FollowedFile*> files;
  files_.ForEach([&](FollowedFile* file) { files.push_back(file); });
  std::stable_sort(files.begin(), files.end(), IsOlder);
  for (FollowedFile* file : files) {
    while (file->reader.ReadLines(&buffer_, LinesOf(&file->stream)) == LogFile::Outcome::kMore)
      if (output_.WriteAll(deadline) != LogOutput::State::kReady) return;
    file->reader.ReadRest(&buffer_, LinesOf(&file->stream));
    formatter_.Flush(Now(), &file->stream, output_.buffer());
  }
  while (!pipes_.empty() && !deadline.passed()) {
    Pipe& pipe = pipes_.begin()->second;
    pollfd ready = {pipe.fd, POLLIN, 0};
    // Whoever else has the pipe's other end has said what he had to.
    if (poll(&ready, 1, 0) == 1) {
      ReadPipe(&pipe);
    } else {
      EndPipe(pipe.fd);
    }
    if (output_.wants_write() && output_.WriteAll(deadline) != LogOutput::State::kReady) return;
  }
  output_.WriteAll(deadline);
}

void LogTailer::Impl::Finish(shared::Deadline deadline) {
  if (closed_) return;
  watch_.Poll();
  Resolve();
  if (output_.WriteAll(deadline) == LogOutput::State::kReady) ReadRestOfAll(deadline);
  if (!output_.empty())
    Note("the reader of stdout is too slow: the last lines of the log files are not copied");
  Close();
}

void LogTailer::Impl::Close() {
  if (std::exchange(closed_, true)) return;
  for (EventLoop::TimerId timer : timers_) loop_->CancelTimer(timer);
  loop_->RemoveFd(watch_.names_fd());
  loop_->RemoveFd(watch_.writes_fd());
  if (waits_for_output_) loop_->RemoveFd(output_.fd());
  for (const auto& [fd, pipe] : pipes_) loop_->ChangeFd(fd, EPOLLIN);
  queue_.clear();
}

LogTailer::LogTailer(EventLoop* loop, LogTailerOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}
LogTailer::~LogTailer() = default;
void LogTailer::Start() { impl_->Start(); }
void LogTailer::Say(std::string_view level, std::string_view message) { impl_->Say(level, message); }
shared::Status LogTailer::AddPipe(int fd, const std::string& component) {
  return impl_->AddPipe(fd, component);
}
void LogTailer::Finish(shared::Deadline deadline) { impl_->Finish(deadline); }
std::string LogTailer::current_logs_dir() const { return impl_->root(); }

}  // namespace ray_init_agent
