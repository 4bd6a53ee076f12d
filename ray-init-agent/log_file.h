// One log file, read line by line as it grows.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace ray_init_agent {

// Room for one read, shared by all files: they are read one after the other.
class LineBuffer {
 public:
  char* data() { return bytes_.data(); }

 private:
  friend class LogFile;
  std::vector<char> bytes_;
};

class LogFile {
 public:
  // A longer line comes in pieces of this size, the last one as long as it is.
  static constexpr std::size_t kMaxLineBytes = 1u << 20;

  using OnLine = std::function<void(std::string_view line)>;  // without its newline; any bytes
  enum class Outcome {
    kMore,     // there may be more to read at once
    kEnd,      // nothing but, maybe, the beginning of a line
    kNotText,  // its first block is a profile's or another program's data: nothing of it is ever given
  };

  // Owns `fd`, open for reading, or -1 for a file that Reopen() opens later; begins with the file's first
  // byte.
  explicit LogFile(int fd) : fd_(fd) {}
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Reads once (128 KiB; up to kMaxLineBytes for a long line) and gives the whole lines in it. A file that
  // has become shorter, or whose bytes before the place reached are others than were read there, was
  // truncated: it is read from its beginning again, without the NUL bytes that a writer who did not notice
  // leaves there.
  Outcome ReadLines(LineBuffer* buffer, const OnLine& on_line);

  // Gives what is left without a newline, for a file that nobody has written to for a while. What comes later
  // begins a line of its own.
  void ReadRest(LineBuffer* buffer, const OnLine& on_line);

  // Closes the descriptor where every byte of the file was given, and only there; what was read stays known.
  // While it is closed nothing is read.
  bool Park();
  bool is_open() const { return fd_ >= 0; }
  // Whether a parked file, whose status that is now, may hold something new.
  bool HasChanged(const struct stat& status) const;
  // Goes on with the same file, which `fd` (owned from here on) is open for.
  void Reopen(int fd);
  // Begins with the first byte of another file.
  void Replace(int fd);

  // Bytes given as lines so far.
  std::uint64_t offset() const { return offset_; }
  // Bytes known so far: those, and the beginning of a line after them.
  std::uint64_t seen() const { return offset_ + unfinished_; }
  bool has_unfinished() const { return unfinished_ > 0; }
  bool is_text() const { return is_text_; }
  // Bytes that are in the file and were not given yet; 0 while it is closed.
  std::uint64_t unread() const;
  // Leaves out all that is there.
  void SkipToEnd();

 private:
  static constexpr std::size_t kUsualRead = 128u << 10;
  static constexpr std::size_t kWitness = 16;
  static constexpr std::size_t kFirstBlock = 8u << 10;

  std::string_view ReadAhead(LineBuffer* buffer, std::size_t want);
  bool StillUnfinished(LineBuffer* buffer);
  void Restart();
  void Advance(std::string_view given);

  int fd_;
  std::uint64_t offset_ = 0;
  // How much behind offset_ is known to be the beginning of one line: a progress bar writes for hours without
  // a newline, and must not be read from its beginning each time.
  std::uint64_t unfinished_ = 0;
  bool restarted_ = false;
  bool mid_line_ = false;  // what was given last had no newline
  bool is_text_ = true;
  timespec parked_at_ = {};  // the file's last write then
  // The last bytes before offset_, to tell a file that was truncated and has grown again.
  std::array<char, kWitness> witness_ = {};
  std::size_t witness_size_ = 0;
};

}  // namespace ray_init_agent
