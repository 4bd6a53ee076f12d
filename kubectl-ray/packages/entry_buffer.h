// The zip's entry that is being written. Nothing of it can be sent before its header is complete, and that is
// written last.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace kubectl_ray {

// Takes bytes at its end, lets a few near the beginning be overwritten, and then returns all in order.
// Whatever exceeds 1 MiB goes to a temporary file without a name, so that memory stays bounded for entries of
// any size.
class EntryBuffer {
 public:
  EntryBuffer() = default;
  ~EntryBuffer();
  EntryBuffer(const EntryBuffer&) = delete;
  EntryBuffer& operator=(const EntryBuffer&) = delete;

  // Writes at `position`, which is the end or within the bytes in memory. Returns false if there is no space.
  bool Write(std::uint64_t position, std::string_view bytes);
  std::uint64_t size() const { return memory_.size() + spilled_; }

  // Reads the next bytes, at most `size`. Returns 0 once all is read; then the buffer is empty again.
  std::size_t Read(char* buffer, std::size_t size);

 private:
  std::string memory_;
  std::FILE* file_ = nullptr;
  std::uint64_t spilled_ = 0;  // bytes in the file
  std::uint64_t read_ = 0;     // bytes read out
};

}  // namespace kubectl_ray
