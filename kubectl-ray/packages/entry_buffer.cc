#include "kubectl-ray/packages/entry_buffer.h"

#include <algorithm>
#include <cstring>

namespace kubectl_ray {
namespace {

constexpr std::size_t kMemoryBytes = 1 << 20;

}  // namespace

EntryBuffer::~EntryBuffer() {
  if (file_ != nullptr) std::fclose(file_);
}

bool EntryBuffer::Write(std::uint64_t position, std::string_view bytes) {
  if (position < memory_.size()) {
    if (bytes.size() > memory_.size() - position) return false;
    memory_.replace(static_cast<std::size_t>(position), bytes.size(), bytes);
    return true;
  }
  if (position != size()) return false;
  if (spilled_ == 0 && memory_.size() + bytes.size() <= kMemoryBytes) {
    memory_.append(bytes);
    return true;
  }
  if (file_ == nullptr) file_ = std::tmpfile();
  if (file_ == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return false;
  spilled_ += bytes.size();
  return true;
}

std::size_t EntryBuffer::Read(char* buffer, std::size_t size) {
  if (read_ < memory_.size()) {
    const std::size_t n = std::min(size, memory_.size() - static_cast<std::size_t>(read_));
    std::memcpy(buffer, memory_.data() + read_, n);
    read_ += n;
    if (read_ == memory_.size() && spilled_ > 0) std::rewind(file_);
    return n;
  }
  if (spilled_ > 0 && read_ < this->size()) {
    const std::size_t n = std::fread(
        buffer, 1, static_cast<std::size_t>(std::min<std::uint64_t>(size, this->size() - read_)), file_);
    read_ += n;
    if (n > 0) return n;
  }
  memory_.clear();
  spilled_ = read_ = 0;
  if (file_ != nullptr) std::rewind(file_);
  return 0;
}

}  // namespace kubectl_ray
