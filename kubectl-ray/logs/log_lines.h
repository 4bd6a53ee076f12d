// A container's log as lines, each read once however often the stream breaks. Pure: no I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kubectl_ray {

// Puts the pieces of a stream together to lines. A line longer than kMaxLineBytes comes out in pieces of that
// size.
class LineSplitter {
 public:
  static constexpr std::size_t kMaxLineBytes = 1u << 20;

  // Calls on_line for each whole line, without its newline.
  void Take(std::string_view piece, const std::function<void(std::string_view line)>& on_line);
  // The last line, where it has no newline.
  void Finish(const std::function<void(std::string_view line)>& on_line);
  // Forgets a line that was cut off: the next stream brings it whole.
  void Drop() { partial_.clear(); }

 private:
  std::string partial_;
};

// Knows how far a log was read, by the kubelet's timestamps and how many lines carried the last one: a stream
// that begins again at since_time() repeats the lines of that second, which are then passed over.
class LogPosition {
 public:
  // A stream begins (again).
  void StartStream();

  // Of a line "2026-11-21T03:00:00.123456789Z text": whether it is new; *text is what stands behind the
  // timestamp. A line without a timestamp (the kubelet's own words) is new, and all text.
  bool Take(std::string_view line, std::string_view* text);

  // RFC 3339 in whole seconds, for the log endpoint's sinceTime; empty where nothing was read yet.
  std::string since_time() const;
  // The newest timestamp, or empty.
  const std::string& last_timestamp() const { return last_; }

 private:
  std::string last_;           // the newest line's timestamp, all of its digits
  std::uint64_t at_last_ = 0;  // lines in a row that had it
  std::string resumed_at_;     // while a stream repeats what was read: its last timestamp
  std::uint64_t to_skip_ = 0;  // lines with that timestamp that were read
};

}  // namespace kubectl_ray
