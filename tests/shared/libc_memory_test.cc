#include "shared/libc_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstring>
#include <string>

namespace {

// Sizes around every boundary of the code: 4, 8, 16, 32, groups of 64.
constexpr std::size_t kLargest = 300;

std::string Pattern(std::size_t size) {
  std::string pattern(size, '\0');
  for (std::size_t i = 0; i < size; ++i) pattern[i] = static_cast<char>(i * 7 + i / 251 + 1);
  return pattern;
}

}  // namespace

TEST_CASE("memcpy copies any size to any alignment, and nothing beside it") {
  for (std::size_t size = 0; size <= kLargest; ++size)
    for (std::size_t offset = 0; offset < 17; offset += 4) {
      const std::string from = Pattern(size + offset);
      std::string to(size + 40, '#');
      REQUIRE(ray_memcpy(to.data() + 20, from.data() + offset, size) == to.data() + 20);
      REQUIRE(to == std::string(20, '#') + from.substr(offset) + std::string(20, '#'));
    }
}

TEST_CASE("memmove copies over itself in both directions") {
  constexpr std::size_t kMiddle = 100;
  for (std::size_t size = 0; size <= kLargest; ++size)
    for (const int distance : {-100, -65, -16, -3, -1, 0, 1, 3, 15, 16, 17, 64, 100}) {
      std::string bytes = Pattern(size + 2 * kMiddle);
      const std::string before = bytes;
      ray_memmove(bytes.data() + kMiddle + distance, bytes.data() + kMiddle, size);
      std::string wanted = before;
      wanted.replace(kMiddle + static_cast<std::size_t>(distance), size, before, kMiddle, size);
      REQUIRE(bytes == wanted);
    }
}

TEST_CASE("memset fills any size, and nothing beside it") {
  for (std::size_t size = 0; size <= kLargest; ++size) {
    std::string to(size + 40, '#');
    REQUIRE(ray_memset(to.data() + 20, 0x1fe, size) == to.data() + 20);
    REQUIRE(to == std::string(20, '#') + std::string(size, '\xfe') + std::string(20, '#'));
  }
}

TEST_CASE("memchr finds the first of its bytes at any place, and none beyond the size") {
  for (std::size_t size = 0; size <= kLargest; ++size)
    for (std::size_t offset = 0; offset < 17; ++offset) {
      std::string bytes = std::string(offset, '\n') + std::string(size, '\x8a') + std::string(40, '\n');
      const char* from = bytes.data() + offset;
      REQUIRE(ray_memchr(from, '\n', size) == nullptr);
      REQUIRE(ray_memchr(from, 0x100 | '\n', SIZE_MAX) == from + size);
      if (size == 0) continue;
      bytes[offset + size - 1] = '\n';
      bytes[offset + size / 2] = '\n';
      REQUIRE(ray_memchr(from, '\n', size) == from + size / 2);
    }
}

// A C library looks for the end of a string that way, and knows no size.
TEST_CASE("memchr reads nothing of the page after the one where it finds the byte") {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* pages = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(pages != MAP_FAILED);
  char* end = static_cast<char*>(pages) + page;
  REQUIRE(mprotect(end, page, PROT_NONE) == 0);
  std::memset(pages, 'a', page);
  for (int last = 1; last <= 40; ++last)
    for (int from = last; from <= 64; ++from) {
      end[-last] = '\n';
      REQUIRE(ray_memchr(end - from, '\n', SIZE_MAX) == end - last);
      end[-last] = 'a';
    }
  REQUIRE(munmap(pages, 2 * page) == 0);
}
