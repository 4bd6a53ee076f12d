#include "ray-init-agent/log_tailer.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ray-init-agent/followed_files.h"
#include "ray-init-agent/log_output.h"
#include "ray-init-agent/log_watch.h"
#include "ray-init-agent/note.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using std::chrono::milliseconds;
using Clock = EventLoop::Clock;

// The rest between two rounds of reading: what is written meanwhile is read at once instead of line by line.
// It is so many times as long as the round, so that a writer of single lines costs no more than 5% of a CPU,
// while a writer of a line now and then is not waited for. There is no rest after a round that read much.
constexpr int kRestsPerRound = 20;
constexpr std::uint64_t kMuchInARound = 64u << 10;  // bytes
constexpr milliseconds kShortestRest(1), kLongestRest(10);
// The longest time that one round may keep the loop from its other work.
constexpr milliseconds kLongestRound(5);
// After this time without another line a traceback is over.
constexpr milliseconds kTracebackPause(250);
// After this time without another byte, the beginning of a line is all that will come of it soon: the last
// words of a worker, a progress bar.
constexpr milliseconds kLastWordsPause(3000), kLastWordsInterval(1000);
// How long a removed file may still be written to by those who have it open.
constexpr milliseconds kNamelessGrace(1000);
constexpr milliseconds kPollInterval(250);
constexpr milliseconds kRetryInterval(1000);
// How long files may be renamed faster than they can be opened, before they are read in any order.
constexpr milliseconds kLongestUnsettled(5000);

// A reader of stdout that has paused for this time has stopped: the child must not wait for it, and so many
// bytes of the child's output are kept in case the reader continues.
constexpr milliseconds kStoppedReader(1000);
constexpr std::size_t kMostHeldOutput = 1u << 20;  // bytes

// How many of the child's own lines, and how many bytes of each, are kept for the termination message.
constexpr std::size_t kLastPipeLines = 40, kMaxLastPipeLine = 1024;

struct Pipe {
  int fd;
  LogStream stream;
  std::string unfinished = {};
  bool mid_line = false;      // what was given last had no newline
  std::uint64_t dropped = 0;  // lines that no record has counted yet
  Clock::time_point read_at = {};
};

std::chrono::system_clock::time_point Now() { return std::chrono::system_clock::now(); }

// Returns nanoseconds since the epoch by the clock of file times, which ticks some times a second and is
// never ahead of a clock that does not tick.
std::int64_t FileClockNow() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

class LogTailer::Impl {
 public:
  Impl(EventLoop* loop, LogTailerOptions options);
  ~Impl();

  void Start();
  void SetLogsDir(const std::string& logs_dir);
  void Say(std::string_view level, std::string_view message);
  shared::Status AddPipe(int fd, const std::string& component);
  std::vector<std::string> LastPipeLines();
  void Finish(shared::Deadline deadline);
  bool IsDone(const std::string& path, std::uint64_t bytes) const;

 private:
  // The purposes of timers; each runs at most once at a time.
  enum Timer {
    kResting,
    kSettling,
    kContinuing,
    kPolling,
    kRetrying,
    kTracebacks,
    kLastWords,
    kRetiring,
    kOutput,
    kStopped,
    kMissing,
    kTimers
  };

  void After(milliseconds delay, Timer timer, void (Impl::*task)());
  LogWatchHandler MakeHandler();
  void OnEvents();
  void OnNames();
  void EndRest();
  void Poll();
  void PollIfNeeded();
  void Retry();
  void FeedStarved();
  void Resolve(std::int64_t skipped_before = INT64_MIN);
  void Pump();
  bool NamesAreSettled();
  bool Write();
  void OnOutputState(LogOutput::State state);
  void OnOutputReady();
  bool CanRead(FollowedFile* file);
  void LeaveOut(FollowedFile* file);
  void ReadOne(FollowedFile* file);
  void Enqueue(FollowedFile* file);
  void LimitHeld();
  void RetireNameless();
  void Retire(FollowedFile* file);
  void FlushTracebacks();
  void GiveLastWords();
  void ReadPipe(Pipe* pipe);
  void TakePipeLine(Pipe* pipe, std::string_view line);
  void WatchPipes(std::uint32_t events);
  void ReadOnAnyway();
  void SayDropped(Pipe* pipe);
  void GiveUnfinished(Pipe* pipe);
  void EndPipe(int fd);
  void SayIfMissing();
  void ReadRestOfAll(shared::Deadline deadline);
  void Close();
  LogFile::OnLine LinesOf(LogStream* stream);
  void Copy();
  void Publish();

  EventLoop* loop_;
  LogTailerOptions options_;
  LogFormatter formatter_;
  FollowedFiles files_;
  LogOutput output_;
  LogWatch watch_;
  LineBuffer buffer_;
  LogStream own_stream_;
  std::map<int, Pipe> pipes_;
  std::deque<std::string> last_pipe_lines_;
  std::deque<FollowedFile*> queue_;     // to be read
  std::set<FollowedFile*> nameless_;    // removed, and perhaps not read to their ends
  std::set<FollowedFile*> holding_;     // in the middle of a traceback
  std::set<FollowedFile*> unfinished_;  // in the middle of a line
  std::set<FollowedFile*> starved_;     // wait for a descriptor to be opened with
  std::array<EventLoop::TimerId, kTimers> timers_ = {};
  std::uint64_t bytes_read_ = 0;
  std::uint64_t lines_ = 0, child_lines_ = 0, pieces_ = 0, dropped_ = 0;  // see Counters
  bool watched_ = false;         // the loop reports the events of watch_
  std::int64_t started_at_ = 0;  // FileClockNow()
  std::optional<Clock::time_point> unsettled_since_;
  bool closed_ = false;
  bool waits_for_output_ = false;
  bool output_failure_reported_ = false;
  bool descriptors_reported_ = false;
  bool system_is_full_ = false;  // only time brings a descriptor, and not a file that was read
};

LogTailer::Impl::Impl(EventLoop* loop, LogTailerOptions options)
    : loop_(loop),
      options_(std::move(options)),
      formatter_(options_.format, options_.labels),
      files_(&formatter_, {options_.include, options_.exclude}, FollowedFiles::MostOpen()),
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
  started_at_ = FileClockNow();
  watch_.Begin();
  if (options_.only_new) files_.Resolve(INT64_MAX);
  watched_ = watch_.fd() >= 0 && loop_->AddFd(watch_.fd(), EPOLLIN, [this](std::uint32_t) { OnEvents(); });
  PollIfNeeded();
  if (options_.missing_after.count() > 0) After(options_.missing_after, kMissing, &Impl::SayIfMissing);
  Resolve();
  Pump();
}

void LogTailer::Impl::SetLogsDir(const std::string& logs_dir) {
  if (closed_) return;
  options_.logs_dir = logs_dir;
  Resolve();  // what was named in the directory until now
  watch_.SetLogsDir(logs_dir);
  Resolve(options_.only_new ? started_at_ : INT64_MIN);
  Pump();
  PollIfNeeded();
  if (options_.missing_after.count() > 0) After(options_.missing_after, kMissing, &Impl::SayIfMissing);
}

void LogTailer::Impl::OnEvents() {
  const Clock::time_point begin = Clock::now();
  const std::uint64_t read_before = bytes_read_;
  watch_.Read();
  const bool names_changed = files_.has_named();
  OnNames();
  // A file that is rotated away can be opened only as long as it has a name, so there is no rest while names
  // change.
  if (closed_ || names_changed || bytes_read_ - read_before >= kMuchInARound) return;
  loop_->ChangeFd(watch_.fd(), 0);
  const auto rest = std::chrono::ceil<milliseconds>(kRestsPerRound * (Clock::now() - begin));
  After(std::clamp(rest, kShortestRest, kLongestRest), kResting, &Impl::EndRest);
}

void LogTailer::Impl::OnNames() {
  Resolve();
  Pump();
  PollIfNeeded();  // a new directory may be one too many
}

void LogTailer::Impl::EndRest() { loop_->ChangeFd(watch_.fd(), EPOLLIN); }

void LogTailer::Impl::Poll() {
  watch_.Poll();
  Resolve();
  Pump();
  PollIfNeeded();
}

// Polls as long as something cannot be watched, and no longer.
void LogTailer::Impl::PollIfNeeded() {
  if (!watched_ || watch_.needs_poll()) After(kPollInterval, kPolling, &Impl::Poll);
}

void LogTailer::Impl::Retry() {
  if (!starved_.empty() && !std::exchange(descriptors_reported_, true))
    Say("WARNING", "cannot open another log file: the limit on open files is reached; trying again");
  for (FollowedFile* file : std::exchange(starved_, {})) Enqueue(file);
  Pump();
}

// A file that was read whole can be closed for one that waits for a descriptor.
void LogTailer::Impl::FeedStarved() {
  if (starved_.empty() || system_is_full_) return;
  Enqueue(*starved_.begin());
  starved_.erase(starved_.begin());
}

void LogTailer::Impl::Resolve(std::int64_t skipped_before) {
  const FollowedFiles::Changes changes = files_.Resolve(skipped_before);
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
}

void LogTailer::Impl::Enqueue(FollowedFile* file) {
  if (std::exchange(file->queued, true)) return;
  queue_.push_back(file);
}

// While names change, a file may have an older one beside it that nobody has opened yet.
bool LogTailer::Impl::NamesAreSettled() {
  if (watched_) watch_.Read();
  if (!files_.has_named()) {
    unsettled_since_.reset();
    return true;
  }
  After(milliseconds(0), kSettling, &Impl::OnNames);
  const Clock::time_point now = Clock::now();
  if (!unsettled_since_) unsettled_since_ = now;
  return now - *unsettled_since_ > kLongestUnsettled;
}

void LogTailer::Impl::Pump() {
  Copy();
  Publish();
}

// A line costs no more than an increment: the counters that others read are set once for many lines.
void LogTailer::Impl::Publish() {
  Counters::Logs& counted = options_.counters->logs;
  counted.file_lines.Set(lines_ - child_lines_);
  counted.child_lines.Set(child_lines_);
  counted.pieces.Set(pieces_);
  counted.dropped_lines.Set(dropped_);
  counted.written_bytes.Set(output_.written());
  counted.waiting_bytes.Set(output_.size());
  counted.files.Set(files_.size());
  counted.open_files.Set(files_.open_count());
}

// Reads what is queued until the output is full, everything is read, or the loop has other work.
void LogTailer::Impl::Copy() {
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
  const bool pipe_waits = std::any_of(pipes_.begin(), pipes_.end(),
                                      [](const auto& pipe) { return !pipe.second.unfinished.empty(); });
  if (!unfinished_.empty() || pipe_waits) After(kLastWordsInterval, kLastWords, &Impl::GiveLastWords);
}

// Writes what is ready; returns whether everything was written.
bool LogTailer::Impl::Write() {
  const LogOutput::State state = output_.Write();
  OnOutputState(state);
  return state == LogOutput::State::kReady;
}

void LogTailer::Impl::OnOutputState(LogOutput::State state) {
  if (state == LogOutput::State::kReady) {
    output_failure_reported_ = false;
    return;
  }
  if (state == LogOutput::State::kClosed) {
    Note("nobody reads stdout any more: the log files are no longer copied");
    return Close();
  }
  if (std::exchange(waits_for_output_, true)) return;
  if (state == LogOutput::State::kFull &&
      loop_->AddFd(output_.fd(), EPOLLOUT, [this](std::uint32_t) { OnOutputReady(); })) {
    WatchPipes(0);
    return After(kStoppedReader, kStopped, &Impl::ReadOnAnyway);
  }
  if (state == LogOutput::State::kFailed && !std::exchange(output_failure_reported_, true))
    Note("cannot write logs to stdout, trying again: " + shared::ErrnoText(errno));
  After(kRetryInterval, kOutput, &Impl::OnOutputReady);
}

void LogTailer::Impl::OnOutputReady() {
  loop_->RemoveFd(output_.fd());
  loop_->CancelTimer(std::exchange(timers_[kStopped], 0));
  waits_for_output_ = false;
  WatchPipes(EPOLLIN);
  Pump();
  if (output_.size() >= kMostHeldOutput) return;
  for (auto& [fd, pipe] : pipes_) SayDropped(&pipe);
}

void LogTailer::Impl::WatchPipes(std::uint32_t events) {
  for (const auto& [fd, pipe] : pipes_) loop_->ChangeFd(fd, events);
}

void LogTailer::Impl::ReadOnAnyway() { WatchPipes(EPOLLIN); }

LogFile::OnLine LogTailer::Impl::LinesOf(LogStream* stream) {
  return [this, stream, now = Now()](std::string_view line) {
    formatter_.AddLine(line, now, stream, output_.buffer());
    ++lines_;
    if (line.size() >= LogFile::kMaxLineBytes) ++pieces_;
  };
}

// Opens the file if necessary. If it cannot be read, removes it from the queue and returns false.
bool LogTailer::Impl::CanRead(FollowedFile* file) {
  const FollowedFiles::Opened opened = files_.Open(file);
  if (opened == FollowedFiles::Opened::kOpen) return true;
  queue_.pop_front();
  file->queued = false;
  if (opened == FollowedFiles::Opened::kNoRoom || opened == FollowedFiles::Opened::kNoDescriptor) {
    system_is_full_ = opened == FollowedFiles::Opened::kNoDescriptor;
    starved_.insert(file);
    After(kRetryInterval, kRetrying, &Impl::Retry);
  } else if (file->last_read) {
    Retire(file);
  }
  return false;
}

void LogTailer::Impl::ReadOne(FollowedFile* file) {
  if (!CanRead(file)) return;
  const std::uint64_t offset = file->reader.offset(), seen = file->reader.seen();
  const LogFile::Outcome outcome = file->reader.ReadLines(&buffer_, LinesOf(&file->stream));
  bytes_read_ += file->reader.offset() - offset;
  if (file->reader.seen() != seen) file->grown_at = Clock::now();
  if (!file->stream.held.empty()) holding_.insert(file);
  queue_.pop_front();
  file->queued = false;
  if (outcome == LogFile::Outcome::kMore) {
    file->queued = true;
    // A rotated file is older than its successor, and it has an end.
    if (file->path.empty() || file->stream.source.rotation > 0) {
      queue_.push_front(file);
    } else {
      queue_.push_back(file);
    }
    return;
  }
  FeedStarved();
  if (file->last_read) {
    Retire(file);
  } else if (outcome == LogFile::Outcome::kNotText) {
    LeaveOut(file);
  } else if (file->reader.has_unfinished()) {
    unfinished_.insert(file);
  }
}

// This happens once: the file is closed then, and a later event finds it unchanged.
void LogTailer::Impl::LeaveOut(FollowedFile* file) {
  if (!file->reader.is_open()) return;
  files_.Park(file);
  Say("INFO", "\"" + file->stream.file + "\" is not copied: it is no text");
}

// A file that was removed before it was read is kept by our descriptor alone, and still fills the disk.
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
    options_.counters->logs.skipped_bytes.Add(skipped);
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
  for (std::set<FollowedFile*>* files : {&holding_, &unfinished_, &starved_, &nameless_}) files->erase(file);
  files_.Remove(file);
}

void LogTailer::Impl::FlushTracebacks() {
  const Clock::time_point paused = Clock::now() - kTracebackPause;
  for (auto at = holding_.begin(); at != holding_.end();) {
    FollowedFile* file = *at;
    if (!file->stream.held.empty() && (file->queued || file->grown_at > paused)) {
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

void LogTailer::Impl::GiveLastWords() {
  const Clock::time_point paused = Clock::now() - kLastWordsPause;
  for (auto at = unfinished_.begin(); at != unfinished_.end() && !waits_for_output_;) {
    FollowedFile* file = *at;
    const bool is_due = !file->queued && file->grown_at <= paused;
    if (is_due) {
      file->reader.ReadRest(&buffer_, LinesOf(&file->stream));
      if (!file->stream.held.empty()) holding_.insert(file);
    }
    at = is_due || !file->reader.has_unfinished() ? unfinished_.erase(at) : std::next(at);
  }
  for (auto& [fd, pipe] : pipes_)
    if (pipe.read_at <= paused) GiveUnfinished(&pipe);
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
    return;  // once nobody reads our stdout, the child's output is dropped, and never blocks
  pipe->read_at = Clock::now();
  std::string_view fresh(bytes.data(), static_cast<std::size_t>(size));
  if (std::exchange(pipe->mid_line, false) && fresh.starts_with('\n')) fresh.remove_prefix(1);
  pipe->unfinished.append(fresh);
  std::string_view rest = pipe->unfinished;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    TakePipeLine(pipe, rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  if (rest.size() >= LogFile::kMaxLineBytes) {
    TakePipeLine(pipe, rest);
    rest = {};
  }
  pipe->unfinished.erase(0, pipe->unfinished.size() - rest.size());
}

void LogTailer::Impl::TakePipeLine(Pipe* pipe, std::string_view line) {
  if (output_.size() < kMostHeldOutput) {
    LinesOf (&pipe->stream)(line);
    ++child_lines_;
  } else {
    ++pipe->dropped;
    ++dropped_;
  }
  if (line.empty()) return;
  if (last_pipe_lines_.size() == kLastPipeLines) last_pipe_lines_.pop_front();
  last_pipe_lines_.emplace_back(line.substr(0, kMaxLastPipeLine));
}

std::vector<std::string> LogTailer::Impl::LastPipeLines() {
  constexpr int kMostReads = 4;  // of one pipe: its writers have ended, or are not waited for
  std::vector<int> fds;
  for (const auto& [fd, pipe] : pipes_) fds.push_back(fd);
  for (int fd : fds) {
    pollfd ready = {fd, POLLIN, 0};
    for (int reads = 0; reads < kMostReads && pipes_.contains(fd) && poll(&ready, 1, 0) == 1; ++reads)
      ReadPipe(&pipes_.at(fd));
  }
  for (auto& [fd, pipe] : pipes_) GiveUnfinished(&pipe);
  return {last_pipe_lines_.begin(), last_pipe_lines_.end()};
}

void LogTailer::Impl::GiveUnfinished(Pipe* pipe) {
  if (pipe->unfinished.empty()) return;
  TakePipeLine(pipe, pipe->unfinished);
  pipe->unfinished.clear();
  pipe->mid_line = true;
}

void LogTailer::Impl::SayDropped(Pipe* pipe) {
  const std::uint64_t dropped = std::exchange(pipe->dropped, 0);
  if (dropped == 0) return;
  Say("WARNING", "dropped " + std::to_string(dropped) + (dropped == 1 ? " line" : " lines") + " of \"" +
                     pipe->stream.source.component + "\": the reader of stdout had stopped");
}

void LogTailer::Impl::EndPipe(int fd) {
  Pipe& pipe = pipes_.at(fd);
  GiveUnfinished(&pipe);
  formatter_.Flush(Now(), &pipe.stream, output_.buffer());
  SayDropped(&pipe);
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

bool LogTailer::Impl::IsDone(const std::string& path, std::uint64_t bytes) const {
  if (closed_) return true;
  const FollowedFile* file = files_.Find(path);
  if (file == nullptr) return !files_.Wants(path);
  return !file->reader.is_text() || file->reader.offset() >= bytes;
}

// Reads each file and pipe to its end, writing as it goes.
void LogTailer::Impl::ReadRestOfAll(shared::Deadline deadline) {
  std::vector<FollowedFile*> files;
  files_.LiftLimit();
  files_.ForEach([&](FollowedFile* file) { files.push_back(file); });
  std::stable_sort(files.begin(), files.end(), IsOlder);
  for (FollowedFile* file : files) {
    if (files_.Open(file) != FollowedFiles::Opened::kOpen) continue;
    while (file->reader.ReadLines(&buffer_, LinesOf(&file->stream)) == LogFile::Outcome::kMore)
      if (output_.WriteAll(deadline) != LogOutput::State::kReady) return;
    file->reader.ReadRest(&buffer_, LinesOf(&file->stream));
    formatter_.Flush(Now(), &file->stream, output_.buffer());
    files_.Park(file);
  }
  while (!pipes_.empty() && !deadline.passed()) {
    Pipe& pipe = pipes_.begin()->second;
    pollfd ready = {pipe.fd, POLLIN, 0};
    // Another process may still hold the pipe's other end, but its lines are not waited for.
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
  Publish();
  Close();
}

void LogTailer::Impl::Close() {
  if (std::exchange(closed_, true)) return;
  for (EventLoop::TimerId timer : timers_) loop_->CancelTimer(timer);
  loop_->RemoveFd(watch_.fd());
  if (waits_for_output_) loop_->RemoveFd(output_.fd());
  WatchPipes(EPOLLIN);
  queue_.clear();
}

LogTailer::LogTailer(EventLoop* loop, LogTailerOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}
LogTailer::~LogTailer() = default;
void LogTailer::Start() { impl_->Start(); }
void LogTailer::SetLogsDir(const std::string& logs_dir) { impl_->SetLogsDir(logs_dir); }
void LogTailer::Say(std::string_view level, std::string_view message) { impl_->Say(level, message); }
shared::Status LogTailer::AddPipe(int fd, const std::string& component) {
  return impl_->AddPipe(fd, component);
}
std::vector<std::string> LogTailer::LastPipeLines() { return impl_->LastPipeLines(); }
void LogTailer::Finish(shared::Deadline deadline) { impl_->Finish(deadline); }
bool LogTailer::IsDone(const std::string& path, std::uint64_t bytes) const {
  return impl_->IsDone(path, bytes);
}

}  // namespace ray_init_agent
