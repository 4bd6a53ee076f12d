// SHA-256 of files' contents, at the speed of the processor's own instructions if it has them.
#pragma once

#include <mbedtls/sha256.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kubectl_ray {

using ContentDigest = std::array<unsigned char, 32>;

// On x86-64 with the SHA extensions five times as fast as mbedTLS, which has them for 64-bit ARM alone and
// does the work elsewhere. For what is hashed in bulk and is no secret: nothing is wiped from memory.
class ContentHash {
 public:
  // `portable` is for tests: mbedTLS, whatever the processor has.
  explicit ContentHash(bool portable = false);
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  void Add(std::string_view bytes);
  // To be called once, after all bytes.
  ContentDigest Finish();

 private:
  const bool fast_;
  mbedtls_sha256_context portable_;
  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> block_;  // the first bytes_ % 64 are of a block that is not full
  std::uint64_t bytes_ = 0;
};

}  // namespace kubectl_ray
