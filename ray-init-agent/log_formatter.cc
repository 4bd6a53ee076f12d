#include "ray-init-agent/log_formatter.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ray-init-agent/json_escape.h"
#include "ray-init-agent/lanes.h"

namespace ray_init_agent {
namespace {

constexpr std::string_view kTraceback = "Traceback (most recent call last):";
constexpr std::size_t kTimeLength = 23;  // 2026-11-21 03:00:00,123

// Returns the time at the front of `text`, or nothing.
std::string_view TakeTime(std::string_view text) {
  static constexpr char kLowest[] = "0000-00-00 00:00:00,000", kHighest[] = "9999-99-99 99:99:99.999";
  if (text.size() < kTimeLength) return {};
  const auto is_outside = [&](std::size_t at) {
    const Lanes part = LoadLanes(text.data() + at);
    return AnyOf((part < LoadLanes(kLowest + at)) | (part > LoadLanes(kHighest + at)));
  };
  constexpr std::size_t kFraction = 19;
  if (is_outside(0) || is_outside(kTimeLength - kLanes) || text[kFraction] == '-') return {};
  return text.substr(0, kTimeLength);
}

std::string_view LevelOfLetter(char letter) {
  switch (letter) {
    case 'D':
    case 'T':
      return "DEBUG";
    case 'I':
      return "INFO";
    case 'W':
      return "WARNING";
    case 'E':
      return "ERROR";
    case 'C':
    case 'F':
      return "FATAL";
    default:
      return {};
  }
}

// Returns the level whose name `text` begins with, as a whole word.
std::string_view TakeLevel(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kNames = {"DEBUG", "INFO",     "WARNING", "WARN",
                                                             "ERROR", "CRITICAL", "FATAL",   "TRACE"};
  for (std::string_view name : kNames)
    if (text.starts_with(name[0]) && text.starts_with(name) &&
        (text.size() == name.size() || text[name.size()] < 'A'))
      return LevelOfLetter(name[0]);
  return {};
}

// Returns the string after `"name": "` in the line's first part, because Ray writes its own members first.
std::string_view JsonMember(std::string_view line, std::string_view name) {
  line = line.substr(0, 512);
  const std::size_t at = line.find(name);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + name.size());
  while (!line.empty() && (line[0] == ':' || line[0] == ' ')) line.remove_prefix(1);
  if (line.empty() || line[0] != '"') return {};
  return line.substr(1, line.find('"', 1) - 1);
}

LineHeader ParseJsonHeader(std::string_view line) {
  LineHeader header;
  header.time = TakeTime(JsonMember(line, "\"asctime\""));
  for (std::string_view name : {"\"levelname\"", "\"severity\"", "\"level\""})
    if (header.level.empty()) header.level = TakeLevel(JsonMember(line, name));
  return header;
}

void AppendMember(std::string_view name, std::string_view value, std::string* out) {
  if (value.empty()) return;
  *out += '"';
  *out += name;
  *out += "\":\"";
  AppendJsonEscaped(value, out);
  *out += "\",";
}

bool EndsWithTraceback(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line.ends_with(kTraceback);
}

bool AnnouncesTraceback(std::string_view line) {
  return line.starts_with("During handling of the above exception, another exception occurred:") ||
         line.starts_with("The above exception was the direct cause of the following exception:");
}

}  // namespace

LineHeader ParseLineHeader(std::string_view line) {
  if (line.starts_with("{\"")) return ParseJsonHeader(line);
  LineHeader header;
  const bool bracket = line.starts_with('[');
  header.time = TakeTime(line.substr(bracket ? 1 : 0));
  if (!header.time.empty()) {
    std::string_view rest = line.substr(kTimeLength + (bracket ? 1 : 0));
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == ']' || rest[0] == '['))
      rest.remove_prefix(1);
    const bool letter = bracket && rest.size() >= 2 && rest[1] == ' ';
    header.level = letter ? LevelOfLetter(rest[0]) : TakeLevel(rest);
    return header;
  }
  const std::size_t space = line.find(' ');
  if (space > 8) return header;
  header.time = TakeTime(line.substr(space + 1));  // Serve: the level comes first
  if (!header.time.empty()) header.level = TakeLevel(line);
  return header;
}

LogStream LogFormatter::Open(std::string_view file) const {
  LogStream stream;
  stream.source = ParseLogPath(file);
  stream.file = file;
  stream.job = stream.source.job;
  MakeHead(&stream);
  return stream;
}

LogStream LogFormatter::OpenComponent(std::string_view component) const {
  LogStream stream;
  stream.source.component = component;
  MakeHead(&stream);
  return stream;
}

void LogFormatter::Rename(std::string_view file, LogStream* stream) const {
  stream->source.rotation = ParseLogPath(file).rotation;
  stream->file = file;
  MakeHead(stream);
}

void LogFormatter::MakeHead(LogStream* stream) const {
  std::string& head = stream->head;
  const LogSource& source = stream->source;
  head.clear();
  if (format_ == LogFormat::kText) {
    head = "[";
    AppendJsonEscaped(source.component, &head);  // a name may have any bytes: escaped as in JSON
    if (!source.pid.empty()) head += " pid=" + source.pid;
    if (source.pid.empty() && !source.job.empty()) {
      head += ' ';
      AppendJsonEscaped(source.job, &head);
    }
    head += "] ";
    return;
  }
  head = "\",";
  AppendMember("component", source.component, &head);
  AppendMember("node", labels_.node, &head);
  AppendMember("pod", labels_.pod, &head);
  AppendMember("cluster", labels_.cluster, &head);
  AppendMember("job", stream->job, &head);
  AppendMember("worker", source.worker, &head);
  AppendMember("actor", stream->actor, &head);
  AppendMember("pid", source.pid, &head);
  AppendMember("file", stream->file, &head);
  head += "\"message\":\"";
}

// Ray's workers write marks into their own output: the job and the actor to which the next lines belong.
bool LogFormatter::TakeMark(std::string_view line, LogStream* stream) const {
  if (!line.starts_with(':') || stream->source.component != "worker") return false;
  struct Mark {
    std::string_view name;
    std::string* value;
  };
  for (const Mark& mark : {Mark{":actor_name:", &stream->actor}, Mark{":job_id:", &stream->job}}) {
    if (!line.starts_with(mark.name)) continue;
    *mark.value = line.substr(mark.name.size(), 256);
    MakeHead(stream);
    return true;
  }
  return line.starts_with(":task_name:");
}

void LogFormatter::AddLine(std::string_view line, std::chrono::system_clock::time_point now,
                           LogStream* stream, std::string* out) const {
  if (format_ == LogFormat::kText) {
    *out += stream->head;
    *out += line;
    *out += '\n';
    return;
  }
  if (TakeMark(line, stream) || HoldTraceback(line, now, stream, out)) return;
  const LineHeader header = ParseLineHeader(line);
  AppendJson(header.time, header.level, line, now, *stream, out);
}

// A traceback ends with the exception's own line, which is not indented. Indented lines after it, or the
// announcement of another traceback, still belong to it.
bool LogFormatter::HoldTraceback(std::string_view line, std::chrono::system_clock::time_point now,
                                 LogStream* stream, std::string* out) const {
  const bool begins = EndsWithTraceback(line);
  if (!stream->held.empty()) {
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    const bool announces = AnnouncesTraceback(line);
    const bool goes_on =
        indented || line.empty() || announces || !stream->held_may_end || (begins && stream->held_chains);
    if (goes_on && stream->held.size() + line.size() < kMaxRecordBytes) {
      stream->held += '\n';
      stream->held += line;
      if (!line.empty()) {
        stream->held_may_end = !indented && !announces && !begins;
        stream->held_chains = announces;
      }
      return true;
    }
    Flush(now, stream, out);
  }
  if (!begins) return false;
  stream->held = line;
  stream->held_may_end = false;
  stream->held_chains = false;
  return true;
}

void LogFormatter::Flush(std::chrono::system_clock::time_point now, LogStream* stream,
                         std::string* out) const {
  if (stream->held.empty()) return;
  AppendJson(ParseLineHeader(stream->held).time, "ERROR", stream->held, now, *stream, out);
  stream->held.clear();
  stream->held.shrink_to_fit();
}

void LogFormatter::AddRecord(std::string_view level, std::string_view message,
                             std::chrono::system_clock::time_point now, const LogStream& stream,
                             std::string* out) const {
  if (format_ == LogFormat::kJson) return AppendJson({}, level, message, now, stream, out);
  *out += stream.head;
  if (level != "INFO") {
    *out += level;
    *out += ' ';
  }
  *out += message;
  *out += '\n';
}

void LogFormatter::AppendJson(std::string_view time, std::string_view level, std::string_view message,
                              std::chrono::system_clock::time_point now, const LogStream& stream,
                              std::string* out) const {
  AppendTime(time, now, out);
  *out += level.empty() ? "INFO" : level;
  *out += stream.head;
  AppendJsonEscaped(message, out);
  *out += "\"}\n";
}

// Begins a record up to its level's value, by two pieces, since each costs as much as copying a whole line.
// The time is in RFC 3339: Ray writes local time without its zone, and this process's own zone is the pod's.
void LogFormatter::AppendTime(std::string_view time, std::chrono::system_clock::time_point now,
                              std::string* out) const {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  if (since_epoch != last_time_.since_epoch) FormatTime(since_epoch);
  static constexpr std::string_view kFront = "{\"time\":\"";
  char front[kFront.size() + kTimeLength];
  char* text = front + kFront.size();
  std::memcpy(front, kFront.data(), kFront.size());
  std::memcpy(text, time.empty() ? last_time_.text : time.data(), kTimeLength);
  text[10] = 'T';
  text[19] = '.';
  out->append(front, sizeof front);
  *out += last_time_.rest;
}

void LogFormatter::FormatTime(std::chrono::milliseconds since_epoch) const {
  FormattedTime& last = last_time_;
  const std::time_t second = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  std::tm local = {};
  localtime_r(&second, &local);
  const std::size_t length = std::strftime(last.text, sizeof last.text, "%Y-%m-%d %H:%M:%S", &local);
  std::snprintf(last.text + length, sizeof last.text - length, ".%03d",
                static_cast<int>(since_epoch.count() % 1000));
  const long minutes = std::labs(local.tm_gmtoff) / 60;
  char offset[16] = "Z";
  if (minutes != 0)
    std::snprintf(offset, sizeof offset, "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+', minutes / 60 % 100,
                  minutes % 60);
  last.rest = std::string(offset) + "\",\"level\":\"";
  last.since_epoch = since_epoch;
}

}  // namespace ray_init_agent
