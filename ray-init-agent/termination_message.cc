#include "ray-init-agent/termination_message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "ray-init-agent/files.h"
#include "ray-init-agent/log_formatter.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

shared::Unexpected<shared::Error> WriteFailure(const std::string& path) {
  return shared::Fail(shared::ErrorCode::kUnavailable,
                      "cannot write the termination message \"" + path + "\": " + shared::ErrnoText(errno));
}

constexpr std::size_t kTailBytes = 64u << 10;
constexpr std::size_t kMaxFatalLines = 4;  // of one file, the newest
constexpr std::size_t kMaxLastLines = 40;
constexpr std::size_t kMaxSummaryBytes = 1024;
constexpr std::size_t kMaxLineBytes = 300;

// At most `limit` bytes, no character cut in the middle.
std::string Cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

std::string Shown(std::string_view text, std::size_t limit) {
  // What is far beyond the limit need not be escaped to be cut off.
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

// As many of the newest lines as there is room for, under a title; nothing where there is room for none.
std::string ExcerptWithin(const char* title, const LogExcerpt& excerpt, std::size_t room) {
  const std::string head = std::string(title) + Shown(excerpt.file, kMaxLineBytes) + ":\n";
  std::string body;
  for (auto line = excerpt.lines.rbegin(); line != excerpt.lines.rend(); ++line) {
    const std::string shown = "  " + Shown(*line, kMaxLineBytes) + "\n";
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

// The number behind `oom_kill ` in memory.events or memory.oom_control.
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
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
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

std::vector<std::string> FatalLines(const std::vector<std::string>& lines) {
  std::vector<std::string> fatal;
  bool in_traceback = false;
  for (const std::string& line : lines) {
    const bool ends_traceback = in_traceback && line[0] != ' ' && line[0] != '\t';
    if (ends_traceback) in_traceback = false;
    if (line.find("Traceback (most recent call last):") != std::string::npos) {
      in_traceback = true;
    } else if (ends_traceback || ParseLineHeader(line).level == "FATAL" ||
               line.find("Check failed") != std::string::npos) {
      fatal.push_back(line);
    }
  }
  if (fatal.size() > kMaxFatalLines) fatal.erase(fatal.begin(), fatal.end() - kMaxFatalLines);
  return fatal;
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
  // v1's word for no limit is the largest multiple of a page.
  if (memory.limit_bytes && *memory.limit_bytes >= std::uint64_t{1} << 60) memory.limit_bytes.reset();
  return memory;
}

void ReadFatalLogs(const std::string& logs_dir, Termination* termination) {
  bool has_fatal = false;
  timespec newest = {};
  for (const char* file : {"gcs_server.err", "gcs_server.out", "raylet.err", "raylet.out"}) {
    auto tail = ReadTail(logs_dir + "/" + file);
    if (!tail || tail->lines.empty()) continue;
    std::vector<std::string> fatal = FatalLines(tail->lines);
    const bool matters =
        fatal.empty() ? !has_fatal && (!termination->last || Later(tail->written, newest)) : !has_fatal;
    if (!fatal.empty()) {
      has_fatal = true;
      termination->fatal.push_back({file, std::move(fatal)});
    }
    if (!matters) continue;
    newest = tail->written;
    if (tail->lines.size() > kMaxLastLines)
      tail->lines.erase(tail->lines.begin(), tail->lines.end() - kMaxLastLines);
    termination->last = LogExcerpt{file, std::move(tail->lines)};
  }
}

std::string FormatTerminationMessage(const Termination& termination) {
  std::string message = Shown(termination.summary, kMaxSummaryBytes) + "\n";
  if (!termination.hint.empty()) message += Shown(termination.hint, kMaxSummaryBytes) + "\n";
  message += MemoryLine(termination.memory);
  for (const LogExcerpt& fatal : termination.fatal)
    message += ExcerptWithin("fatal in ", fatal, kMaxTerminationMessageBytes - message.size());
  if (termination.last)
    message +=
        ExcerptWithin("last lines of ", *termination.last, kMaxTerminationMessageBytes - message.size());
  return message;
}

shared::Status WriteTerminationMessage(const std::string& path, std::string_view message) {
  // The kubelet mounts the file into the pod. Elsewhere (a terminal, a test) there is none, and none is
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
