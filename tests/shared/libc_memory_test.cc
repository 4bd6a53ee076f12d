#include "shared/libc_memory.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
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
