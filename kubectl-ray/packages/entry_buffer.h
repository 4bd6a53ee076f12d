// The zip's entry that is being written. Its header is completed last, so nothing of it can leave before.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace kubectl_ray {

// Bytes written at the end, a few overwritten near the beginning, and then read out in order. What is over
// 1 MiB goes to a temporary file without a name, so that memory stays bounded whatever the entry's size.
class EntryBuffer {
 public:
  EntryBuffer() = default;
  ~EntryBuffer();
  EntryBuffer(const EntryBuffer&) = delete;
  EntryBuffer& operator=(const EntryBuffer&) = delete;

  // Writes at `position`, which is the end or lies in what is in memory. False: no space.
  bool Write(std::uint64_t position, std::string_view bytes);
  std::uint64_t size() const { return memory_.size() + spilled_; }

  // Reads the next bytes, at most `size`; 0 once all is read, and then the buffer is empty again.
  std::size_t Read(char* buffer, std::size_t size);

 private:
  std::string memory_;
  std::FILE* file_ = nullptr;
  std::uint64_t spilled_ = 0;  // bytes in the file
  std::uint64_t read_ = 0;     // bytes read out
};

}  // namespace kubectl_ray
