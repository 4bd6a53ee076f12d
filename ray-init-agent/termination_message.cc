#include "ray-init-agent/termination_message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "ray-init-agent/files.h"
#include "ray-init-agent/log_formatter.h"
#include "shared/split.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

shared::Unexpected<shared::Error> WriteFailure(const std::string& path) {
  return shared::Fail(shared::ErrorCode::kUnavailable,
                      "cannot write the termination message \"" + path + "\": " + shared::ErrnoText(errno));
}

constexpr std::size_t kTailBytes = 64u << 10;
constexpr std::size_t kMaxFatalLines = 4;  // the newest of one file
constexpr std::size_t kMaxLastLines = 40;
constexpr std::size_t kMaxSummaryBytes = 1024;
constexpr std::size_t kMaxLineBytes = 300;
constexpr std::size_t kMaxFatalLineBytes = 600;
// `ray start --block` writes here which of its processes ended: `  raylet [exit code=-11 (signal 11)]`.
constexpr const char* kExitLog = "ray_process_exit.log";
// The name of the child's own lines.
constexpr const char* kOutput = "its output";

// Returns at most `limit` bytes, without a character that is cut in the middle.
std::string Cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

std::string Shown(std::string_view text, std::size_t limit) {
  // What is far beyond the limit need not be escaped before it is cut off.
  return Cut(shared::EscapeControl(text.substr(0, limit)), limit);
}

std::string MemoryLine(const CgroupMemory& memory) {
  if (memory.oom_kills == 0) return "";
  std::string line = "out of memory: the kernel killed " + std::to_string(memory.oom_kills) +
                     (memory.oom_kills == 1 ? " process" : " processes");
  if (memory.peak_bytes) line += "; peak " + shared::FormatBytes(*memory.peak_bytes);
  if (memory.limit_bytes) line += "; limit " + shared::FormatBytes(*memory.limit_bytes);
  return line + "\n";
}

// Returns as many of the newest lines as there is room for, under a title; nothing if there is room for none.
std::string ExcerptWithin(const char* title, const LogExcerpt& excerpt, std::size_t max_line_bytes,
                          std::size_t room) {
  const std::string head = std::string(title) + Shown(excerpt.file, kMaxLineBytes) + ":\n";
  std::string body;
  for (auto line = excerpt.lines.rbegin(); line != excerpt.lines.rend(); ++line) {
    const std::string shown = "  " + Shown(*line, max_line_bytes) + "\n";
    if (head.size() + shown.size() + body.size() > room) break;
    body = shown + body;
  }
  return body.empty() ? "" : head + body;
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> NumberIn(const std::string& path) {
  const auto text = ReadSmallFile(path, 4096);
  return text ? Number(*text) : std::nullopt;
}

// Returns the number after `oom_kill ` in memory.events or memory.oom_control.
std::optional<std::uint64_t> OomKillsIn(const std::string& path) {
  const auto text = ReadSmallFile(path, 4096);
  if (!text) return std::nullopt;
  static constexpr std::string_view kKey = "\noom_kill ";
  const std::string all = "\n" + *text;
  const std::size_t at = all.find(kKey);
  if (at == std::string::npos) return std::nullopt;
  return Number(std::string_view(all).substr(at + kKey.size()));
}

struct LogTail {
  std::vector<std::string> lines;
  timespec written = {};
};

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (std::string_view line : shared::Split(text, '\n'))
    if (!line.empty()) lines.emplace_back(line);
  return lines;
}

std::optional<LogTail> ReadTail(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return std::nullopt;
  struct stat status = {};
  std::string text(kTailBytes, '\0');
  ssize_t size = -1;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
    size = pread(fd, text.data(), text.size(),
                 std::max<off_t>(0, status.st_size - static_cast<off_t>(kTailBytes)));
  close(fd);
  if (size <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  return LogTail{LinesOf(text), status.st_mtim};
}

// Ray begins the cause with three sentences that are the same for every cause: these are removed.
std::string WithoutPreamble(std::string line) {
  const std::size_t begin = line.find("An unexpected system state has occurred.");
  const std::size_t cause = line.find("Check failed", begin);
  if (cause != std::string::npos) line.erase(begin, cause - begin);
  return line;
}

// Whether the line is one of the statistics that raylet and GCS write at every start, or a frame of a stack.
bool IsNoise(std::string_view line) {
  static constexpr std::array<std::string_view, 6> kMarks = {
      "[state-dump]", "stats:", "mean = ", "*** StackTrace Information ***", ") [0x", "@     0x"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

std::vector<std::string> FatalLines(const std::vector<std::string>& lines) {
  std::vector<std::string> fatal;
  bool in_traceback = false;
  for (const std::string& line : lines) {
    const bool ends_traceback = in_traceback && line[0] != ' ' && line[0] != '\t';
    if (ends_traceback) in_traceback = false;
    if (line.find("Traceback (most recent call last):") != std::string::npos) {
      in_traceback = true;
    } else if (ends_traceback || ParseLineHeader(line).level == "FATAL" ||
               line.find("Check failed") != std::string::npos || line.find("*** SIG") != std::string::npos) {
      fatal.push_back(WithoutPreamble(line));
    }
  }
  if (fatal.size() > kMaxFatalLines) fatal.erase(fatal.begin(), fatal.end() - kMaxFatalLines);
  return fatal;
}

std::vector<std::string> LastLines(std::vector<std::string> lines) {
  lines.erase(std::remove_if(lines.begin(), lines.end(), IsNoise), lines.end());
  if (lines.size() > kMaxLastLines) lines.erase(lines.begin(), lines.end() - kMaxLastLines);
  return lines;
}

// Returns "raylet [exit code=-9 (signal 9)]" for each process whose end made `ray start --block` end.
std::vector<std::string> EndedProcesses(const std::vector<std::string>& lines) {
  std::vector<std::string> ended;
  for (const std::string& line : lines)
    if (line.starts_with("  ") && line.find(" [exit code=") != std::string::npos)
      ended.push_back(line.substr(2));
  return ended;
}

// The same with its source. Before Ray 2.52 only the output has it.
LogExcerpt FindEndedProcesses(const std::string& logs_dir, const std::vector<std::string>& output) {
  if (const auto tail = ReadTail(logs_dir + "/" + kExitLog)) return {kExitLog, EndedProcesses(tail->lines)};
  return {kOutput, EndedProcesses(output)};
}

// Returns the files, each with whether it belongs to a process that ended: those come first.
std::vector<std::pair<std::string, bool>> FilesToRead(const std::vector<std::string>& ended) {
  std::vector<std::string> components;
  for (const std::string& process : ended) {
    std::string name = process.substr(0, process.find(' '));
    if (name.find('/') == std::string::npos) components.push_back(std::move(name));
  }
  const std::size_t ended_count = components.size();
  for (const char* name : {"gcs_server", "raylet"})
    if (std::find(components.begin(), components.end(), name) == components.end()) components.push_back(name);
  std::vector<std::pair<std::string, bool>> files;
  for (std::size_t i = 0; i < components.size(); ++i)
    for (const char* ending : {".log", ".out", ".err"})
      files.emplace_back(components[i] + ending, i < ended_count);
  return files;
}

// Ray writes what is fatal to .out and to .err, in the latter with or without the time at the front.
void RemoveThoseIn(const std::vector<std::string>& known, std::vector<std::string>* lines) {
  const auto is_known = [&](const std::string& line) {
    return std::any_of(known.begin(), known.end(),
                       [&](const std::string& other) { return other.ends_with(line); });
  };
  lines->erase(std::remove_if(lines->begin(), lines->end(), is_known), lines->end());
}

bool Later(const timespec& one, const timespec& other) {
  return one.tv_sec != other.tv_sec ? one.tv_sec > other.tv_sec : one.tv_nsec > other.tv_nsec;
}

}  // namespace

CgroupMemory ReadCgroupMemory(const Cgroups& cgroups) {
  CgroupMemory memory;
  if (const auto kills = OomKillsIn(cgroups.v2 + "/memory.events")) {
    memory.oom_kills = *kills;
    memory.limit_bytes = NumberIn(cgroups.v2 + "/memory.max");
    memory.peak_bytes = NumberIn(cgroups.v2 + "/memory.peak");
    return memory;
  }
  const std::string& v1 = cgroups.memory;
  memory.oom_kills = OomKillsIn(v1 + "/memory.oom_control").value_or(0);
  memory.limit_bytes = NumberIn(v1 + "/memory.limit_in_bytes");
  memory.peak_bytes = NumberIn(v1 + "/memory.max_usage_in_bytes");
  // v1's value for no limit is the largest multiple of a page.
  if (memory.limit_bytes && *memory.limit_bytes >= std::uint64_t{1} << 60) memory.limit_bytes.reset();
  return memory;
}

void ReadFatalLogs(const std::string& logs_dir, const std::vector<std::string>& output,
                   Termination* termination) {
  if (logs_dir.empty()) {
    if (!output.empty()) termination->last = LogExcerpt{kOutput, LastLines(output)};
    return;
  }
  const LogExcerpt ended = FindEndedProcesses(logs_dir, output);
  if (!ended.lines.empty()) termination->fatal.push_back(ended);
  std::vector<std::string> known;
  int best = 0;
  timespec written = {};
  for (const auto& [file, is_of_ended] : FilesToRead(ended.lines)) {
    auto tail = ReadTail(logs_dir + "/" + file);
    if (!tail || tail->lines.empty()) continue;
    std::vector<std::string> fatal = FatalLines(tail->lines);
    RemoveThoseIn(known, &fatal);
    known.insert(known.end(), fatal.begin(), fatal.end());
    const int rank = is_of_ended ? 3 : fatal.empty() ? 1 : 2;
    if (!fatal.empty()) termination->fatal.push_back({file, std::move(fatal)});
    if (rank < best || (rank == best && (rank > 1 || !Later(tail->written, written)))) continue;
    best = rank;
    written = tail->written;
    termination->last = LogExcerpt{file, LastLines(std::move(tail->lines))};
  }
  if (!termination->last && !output.empty()) termination->last = LogExcerpt{kOutput, LastLines(output)};
}

std::string FormatTerminationMessage(const Termination& termination) {
  std::string message = Shown(termination.summary, kMaxSummaryBytes) + "\n";
  if (!termination.hint.empty()) message += Shown(termination.hint, kMaxSummaryBytes) + "\n";
  message += MemoryLine(termination.memory);
  for (const LogExcerpt& fatal : termination.fatal)
    message +=
        ExcerptWithin("fatal in ", fatal, kMaxFatalLineBytes, kMaxTerminationMessageBytes - message.size());
  if (termination.last)
    message += ExcerptWithin("last lines of ", *termination.last, kMaxLineBytes,
                             kMaxTerminationMessageBytes - message.size());
  return message;
}

shared::Status WriteTerminationMessage(const std::string& path, std::string_view message) {
  // The kubelet mounts the file into the pod. Elsewhere (in a terminal, in a test) there is none, and none is
  // wanted.
  const int fd = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return WriteFailure(path);
  const ssize_t written = write(fd, message.data(), message.size());
  if (written < 0) {
    const auto failure = WriteFailure(path);
    close(fd);
    return failure;
  }
  close(fd);
  return shared::Ok();
}

}  // namespace ray_init_agent
