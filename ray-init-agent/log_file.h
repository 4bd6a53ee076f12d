// Reads one log file line by line as it grows.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace ray_init_agent {

// Memory for one read, shared by all files, because they are read one after the other.
class LineBuffer {
 public:
  char* data() { return bytes_.data(); }

 private:
  friend class LogFile;
  std::vector<char> bytes_;
};

class LogFile {
 public:
  // A longer line is given in pieces of this size, the last one as long as it is.
  static constexpr std::size_t kMaxLineBytes = 1u << 20;

  using OnLine = std::function<void(std::string_view line)>;  // without its newline; any bytes
  enum class Outcome {
    kMore,     // there may be more to read now
    kEnd,      // nothing is left but, perhaps, the beginning of a line
    kNotText,  // its first block is a program's data, a profile's for one: nothing of it is ever given
  };

  // Owns `fd`, which is open for reading, or -1 for a file that Reopen() opens later. Begins with the file's
  // first byte.
  explicit LogFile(int fd) : fd_(fd) {}
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Reads once (128 KiB, up to kMaxLineBytes for a long line) and calls `on_line` for each whole line in it.
  // A file was truncated if it has become shorter, or if the bytes before the current offset differ from
  // those that were read there: it is then read from its beginning again, without the NUL bytes that a writer
  // who did not notice leaves there.
  Outcome ReadLines(LineBuffer* buffer, const OnLine& on_line);

  // Gives what is left without a newline, for a file that nobody has written to for a while. What comes later
  // begins a line of its own.
  void ReadRest(LineBuffer* buffer, const OnLine& on_line);

  // Closes the descriptor if every byte of the file was given, and returns whether it did. What was read
  // stays known; nothing is read while the file is closed.
  bool Park();
  bool is_open() const { return fd_ >= 0; }
  // Whether a parked file may hold something new; `status` is its status now.
  bool HasChanged(const struct stat& status) const;
  // Continues with the same file, for which `fd` (owned from here on) is open.
  void Reopen(int fd);
  // Begins with the first byte of another file, for which `fd` (owned from here on) is open.
  void Replace(int fd);

  // The bytes given as lines so far.
  std::uint64_t offset() const { return offset_; }
  // The bytes known so far: those given, and the beginning of a line after them.
  std::uint64_t seen() const { return offset_ + unfinished_; }
  bool has_unfinished() const { return unfinished_ > 0; }
  bool is_text() const { return is_text_; }
  // The bytes in the file that were not given yet; 0 while it is closed.
  std::uint64_t unread() const;
  // Leaves out everything that is in the file now.
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
  // How many bytes after offset_ are known to be the beginning of one line: a progress bar writes for hours
  // without a newline, and must not be read from its beginning each time.
  std::uint64_t unfinished_ = 0;
  bool restarted_ = false;
  bool mid_line_ = false;  // what was given last had no newline
  bool is_text_ = true;
  timespec parked_at_ = {};  // the file's last write when it was parked
  // The last bytes before offset_, which identify a file that was truncated and has grown again.
  std::array<char, kWitness> witness_ = {};
  std::size_t witness_size_ = 0;
};

}  // namespace ray_init_agent
