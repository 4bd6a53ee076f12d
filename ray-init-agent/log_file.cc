#include "ray-init-agent/log_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace ray_init_agent {
namespace {

// Whether a file's first block is a program's output and not its data. A text may have a NUL byte or two, and
// many of them at its front if its writer did not notice a truncation.
bool IsText(std::string_view block) {
  constexpr std::ptrdiff_t kFewest = 8;
  constexpr std::size_t kOneIn = 512;  // compressed data has one in 256
  block.remove_prefix(std::min(block.find_first_not_of('\0'), block.size()));
  const std::ptrdiff_t nuls = std::count(block.begin(), block.end(), '\0');
  return nuls < kFewest || static_cast<std::size_t>(nuls) * kOneIn < block.size();
}

}  // namespace

LogFile::~LogFile() {
  if (fd_ >= 0) close(fd_);
}

// Reads at most `want` bytes at offset_ into `buffer`. Returns nothing if the file was truncated, and
// restarts it.
std::string_view LogFile::ReadAhead(LineBuffer* buffer, std::size_t want) {
  if (buffer->bytes_.size() < kWitness + want) buffer->bytes_.resize(kWitness + want);
  char* bytes = buffer->data();
  const ssize_t size = pread(fd_, bytes, witness_size_ + want, static_cast<off_t>(offset_ - witness_size_));
  if (size < 0) return {};
  const std::size_t got = static_cast<std::size_t>(size);
  if (got < witness_size_ || std::memcmp(bytes, witness_.data(), witness_size_) != 0) {
    Restart();
    return {};
  }
  return {bytes + witness_size_, got - witness_size_};
}

LogFile::Outcome LogFile::ReadLines(LineBuffer* buffer, const OnLine& on_line) {
  if (!is_text_) return Outcome::kNotText;
  if (unfinished_ > kUsualRead && StillUnfinished(buffer)) return Outcome::kEnd;
  std::size_t want = unfinished_ >= kUsualRead ? kMaxLineBytes + 1 : kUsualRead;
  const bool was_restarted = restarted_;
  std::string_view data = ReadAhead(buffer, want);
  if (data.empty()) return restarted_ && !was_restarted ? Outcome::kMore : Outcome::kEnd;
  if (data.size() == want && want == kUsualRead && std::memchr(data.data(), '\n', data.size()) == nullptr) {
    want = kMaxLineBytes + 1;
    data = ReadAhead(buffer, want);
  }
  if (offset_ < kFirstBlock) is_text_ = IsText(data.substr(0, kFirstBlock));
  if (!is_text_) return Outcome::kNotText;
  std::string_view rest = data;
  if (restarted_) {
    rest.remove_prefix(std::min(rest.find_first_not_of('\0'), rest.size()));
    restarted_ = rest.empty();
  }
  // This is the newline of words that were given without it.
  if (std::exchange(mid_line_, false) && rest.starts_with('\n')) rest.remove_prefix(1);
  while (!rest.empty()) {
    std::size_t length = rest.find('\n');
    const bool whole = length != std::string_view::npos;
    if (!whole && rest.size() <= kMaxLineBytes) break;  // its newline may be the next byte
    length = std::min(length, kMaxLineBytes);
    on_line(rest.substr(0, length));
    rest.remove_prefix(
        std::min(length + (length < rest.size() && rest[length] == '\n' ? 1 : 0), rest.size()));
  }
  Advance(data.substr(0, data.size() - rest.size()));
  unfinished_ = rest.size();
  return data.size() == want ? Outcome::kMore : Outcome::kEnd;
}

// Whether what came after a long unfinished line does not end it either.
bool LogFile::StillUnfinished(LineBuffer* buffer) {
  const std::string_view known = ReadAhead(buffer, 1);
  if (known.empty()) return false;
  const ssize_t size = pread(fd_, buffer->data(), kUsualRead, static_cast<off_t>(offset_ + unfinished_));
  if (size <= 0) return size == 0;
  const std::size_t got = static_cast<std::size_t>(size);
  if (std::memchr(buffer->data(), '\n', got) != nullptr || unfinished_ + got > kMaxLineBytes) return false;
  unfinished_ += got;
  return got < kUsualRead;
}

void LogFile::ReadRest(LineBuffer* buffer, const OnLine& on_line) {
  while (ReadLines(buffer, on_line) == Outcome::kMore) {
  }
  if (!is_text_) return;
  const std::string_view rest = ReadAhead(buffer, kMaxLineBytes);
  if (!rest.empty()) on_line(rest);
  if (!rest.empty()) mid_line_ = true;
  Advance(rest);
  unfinished_ = 0;
}

bool LogFile::Park() {
  struct stat status = {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) return false;
  if (is_text_ && static_cast<std::uint64_t>(status.st_size) != offset_) return false;
  parked_at_ = status.st_mtim;
  close(fd_);
  fd_ = -1;
  return true;
}

bool LogFile::HasChanged(const struct stat& status) const {
  if (!is_text_) return false;
  return static_cast<std::uint64_t>(status.st_size) != offset_ ||
         status.st_mtim.tv_sec != parked_at_.tv_sec || status.st_mtim.tv_nsec != parked_at_.tv_nsec;
}

void LogFile::Reopen(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

void LogFile::Replace(int fd) {
  Reopen(fd);
  Restart();
  restarted_ = false;
  is_text_ = true;
}

void LogFile::Restart() {
  offset_ = 0;
  unfinished_ = 0;
  witness_size_ = 0;
  restarted_ = true;
  mid_line_ = false;
}

void LogFile::Advance(std::string_view given) {
  if (given.empty()) return;
  offset_ += given.size();
  if (given.size() >= kWitness) {
    std::memcpy(witness_.data(), given.data() + given.size() - kWitness, kWitness);
    witness_size_ = kWitness;
    return;
  }
  const std::size_t kept = std::min(witness_size_, kWitness - given.size());
  std::memmove(witness_.data(), witness_.data() + witness_size_ - kept, kept);
  std::memcpy(witness_.data() + kept, given.data(), given.size());
  witness_size_ = kept + given.size();
}

std::uint64_t LogFile::unread() const {
  struct stat status = {};
  if (fstat(fd_, &status) != 0) return 0;
  const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
  return size > offset_ ? size - offset_ : 0;
}

// The witness shows later whether another process has begun the file with its first byte again.
void LogFile::SkipToEnd() {
  offset_ += unread();
  unfinished_ = 0;
  const std::uint64_t size = std::min<std::uint64_t>(kWitness, offset_);
  const ssize_t got = pread(fd_, witness_.data(), size, static_cast<off_t>(offset_ - size));
  witness_size_ = got == static_cast<ssize_t>(size) ? size : 0;
}

}  // namespace ray_init_agent
