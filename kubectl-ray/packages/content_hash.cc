#include "kubectl-ray/packages/content_hash.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace kubectl_ray {
namespace {

constexpr std::size_t kBlock = 64;

#if defined(__x86_64__)

alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool HasInstructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSSE3) == 0 || (c & bit_SSE4_1) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & 1u << 29) != 0;  // SHA
}

// The two registers hold the state's words as ABEF and CDGH, as the instructions want them; four rounds at a
// time.
__attribute__((target("sha,ssse3,sse4.1"))) void Compress(std::uint32_t* state, const unsigned char* bytes,
                                                          std::size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  auto* words = reinterpret_cast<__m128i*>(state);
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; blocks > 0; --blocks, bytes += kBlock) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i), big_endian);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      __m128i& now = w[i & 3];
      const __m128i last = w[(i + 3) & 3];
      const __m128i sum = _mm_add_epi32(now, _mm_load_si128(reinterpret_cast<const __m128i*>(kRound) + i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      const __m128i middle = _mm_alignr_epi8(last, w[(i + 2) & 3], 4);
      now = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(now, w[(i + 1) & 3]), middle), last);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#else

bool HasInstructions() { return false; }
void Compress(std::uint32_t*, const unsigned char*, std::size_t) {}

#endif

// Asked once: in a virtual machine the question is a trip to the host, which takes longer than hashing a
// small file.
bool IsFast() {
  static const bool fast = HasInstructions();
  return fast;
}

}  // namespace

ContentHash::ContentHash(bool portable)
    : fast_(!portable && IsFast()),
      state_(
          {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}) {
  mbedtls_sha256_init(&portable_);
  if (!fast_) mbedtls_sha256_starts(&portable_, 0);
}

ContentHash::~ContentHash() { mbedtls_sha256_free(&portable_); }

void ContentHash::Add(std::string_view bytes) {
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  if (left == 0) return;
  if (!fast_) {
    mbedtls_sha256_update(&portable_, from, left);
    return;
  }
  const std::size_t begun = bytes_ % kBlock;
  bytes_ += left;
  if (begun > 0) {
    const std::size_t n = std::min(left, kBlock - begun);
    std::memcpy(block_.data() + begun, from, n);
    if (begun + n < kBlock) return;
    Compress(state_.data(), block_.data(), 1);
    from += n;
    left -= n;
  }
  Compress(state_.data(), from, left / kBlock);
  if (left % kBlock > 0) std::memcpy(block_.data(), from + left / kBlock * kBlock, left % kBlock);
}

ContentDigest ContentHash::Finish() {
  ContentDigest digest = {};
  if (!fast_) {
    mbedtls_sha256_finish(&portable_, digest.data());
    return digest;
  }
  const std::uint64_t bits = bytes_ * 8;
  std::array<unsigned char, kBlock + 8> end = {0x80};  // zeros, and the length in the last 8 bytes of a block
  const std::size_t begun = bytes_ % kBlock;
  const std::size_t padding = (begun < kBlock - 8 ? kBlock : 2 * kBlock) - begun;
  for (std::size_t i = 0; i < 8; ++i) end[padding - 1 - i] = static_cast<unsigned char>(bits >> 8 * i);
  Add({reinterpret_cast<const char*>(end.data()), padding});
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<unsigned char>(state_[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace kubectl_ray
