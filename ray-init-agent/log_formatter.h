// Formats lines of log files as records for stdout. Not thread-safe.
#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "ray-init-agent/log_source.h"

namespace ray_init_agent {

enum class LogFormat {
  kText,  // `[raylet] the line as it was, byte for byte`
  kJson,  // one JSON object for each record; bytes that are not UTF-8 as \xNN
};

// The members that all JSON records share; empty ones are left out.
struct LogLabels {
  std::string node;
  std::string pod;
  std::string cluster;
};

// The time and level in a line of one of Ray's formats: C++ (`[2026-11-21 03:00:00,123 I 12 34] (raylet)
// ...`), Python (`2026-11-21 03:00:00,123\tINFO ...`), Serve (`INFO 2026-11-21 03:00:00,123 ...`), JSON
// (`{"asctime": ..., "levelname": ...}`). What the line does not contain is empty. Source: Ray 2.52.
struct LineHeader {
  std::string_view time;   // "2026-11-21 03:00:00,123" as it is written (local time)
  std::string_view level;  // "DEBUG", "INFO", "WARNING", "ERROR", "FATAL"
};
LineHeader ParseLineHeader(std::string_view line);

// The writer of one file, and which of its lines are held. Made and used by LogFormatter.
struct LogStream {
  LogSource source;
  std::string file;           // path below the logs directory
  std::string actor;          // from Ray's own marks in a worker's output (`:actor_name:Counter`)
  std::string job;            // likewise (`:job_id:01000000`), if the file's name has none
  std::string head;           // the beginning of each record of this file
  std::string held;           // with JSON: a traceback's lines so far
  bool held_may_end = false;  // its last line was an exception's: `ValueError: no`
  bool held_chains = false;   // another traceback was announced
};

class LogFormatter {
 public:
  static constexpr std::size_t kMaxRecordBytes = 1u << 20;

  LogFormatter(LogFormat format, LogLabels labels) : format_(format), labels_(std::move(labels)) {}

  // Begins the stream of a file; `file` is relative to the logs directory.
  LogStream Open(std::string_view file) const;
  // Begins a stream for lines that come from no file (a pipe, the agent itself).
  LogStream OpenComponent(std::string_view component) const;
  // To call after a rename: the rotation and the file's name change, the rest stays.
  void Rename(std::string_view file, LogStream* stream) const;

  // Appends the records that are ready with `line` (without its newline) to *out. With JSON a traceback is
  // held until its end is seen, and a worker's marks become members of the records after them. `now` is the
  // record's time if the line has none.
  void AddLine(std::string_view line, std::chrono::system_clock::time_point now, LogStream* stream,
               std::string* out) const;
  // Appends a held traceback, because nothing came after it for a while, or nothing will.
  void Flush(std::chrono::system_clock::time_point now, LogStream* stream, std::string* out) const;
  // Appends a record of the agent's own.
  void AddRecord(std::string_view level, std::string_view message, std::chrono::system_clock::time_point now,
                 const LogStream& stream, std::string* out) const;

 private:
  void MakeHead(LogStream* stream) const;
  bool TakeMark(std::string_view line, LogStream* stream) const;
  bool HoldTraceback(std::string_view line, std::chrono::system_clock::time_point now, LogStream* stream,
                     std::string* out) const;
  void AppendJson(std::string_view time, std::string_view level, std::string_view message,
                  std::chrono::system_clock::time_point now, const LogStream& stream, std::string* out) const;

  void AppendTime(std::string_view time, std::chrono::system_clock::time_point now, std::string* out) const;

  // The millisecond that was formatted last, and its text: all lines of one read share it.
  struct FormattedTime {
    std::chrono::milliseconds since_epoch{-1};
    char text[40] = "";  // 2026-11-21 03:00:00.123
    std::string rest;    // what comes after it in a record: its zone (Z, +01:00), and the level's name
  };
  void FormatTime(std::chrono::milliseconds since_epoch) const;

  LogFormat format_;
  LogLabels labels_;
  mutable FormattedTime last_time_;
};

}  // namespace ray_init_agent
