// Splits a container's log into lines and passes each on once, however often the stream breaks. Pure: no I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kubectl_ray {

// Joins the pieces of a stream to lines. A line longer than kMaxLineBytes is passed on in pieces of that
// size.
class LineSplitter {
 public:
  static constexpr std::size_t kMaxLineBytes = 1u << 20;

  // Calls on_line for each whole line, without its newline.
  void Take(std::string_view piece, const std::function<void(std::string_view line)>& on_line);
  // Calls on_line for the last line, if it has no newline.
  void Finish(const std::function<void(std::string_view line)>& on_line);
  // Forgets a line that was cut off, because the next stream has it whole.
  void Drop() { partial_.clear(); }

 private:
  std::string partial_;
};

// Knows how far a log was read: the last of the kubelet's timestamps, and how many lines had it. A stream
// that begins again at since_time() repeats the lines of that second, which are then skipped.
class LogPosition {
 public:
  // To be called when a stream begins, for the first time or again.
  void StartStream();

  // Returns whether a line "2026-11-21T03:00:00.123456789Z text" is new, and sets *text to what follows the
  // timestamp. A line without a timestamp (from the kubelet itself) is new, and all of it is text.
  bool Take(std::string_view line, std::string_view* text);

  // Returns a time for the log endpoint's sinceTime (RFC 3339, in whole seconds); empty if nothing was read
  // yet.
  std::string since_time() const;
  // Returns the newest timestamp, or an empty string.
  const std::string& last_timestamp() const { return last_; }

 private:
  std::string last_;           // the newest line's timestamp, with all digits
  std::uint64_t at_last_ = 0;  // lines in a row that had it
  std::string resumed_at_;     // while a stream repeats what was read: the last timestamp of that
  std::uint64_t to_skip_ = 0;  // lines with that timestamp that were read
};

}  // namespace kubectl_ray
