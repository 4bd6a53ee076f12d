// Sixteen bytes of text at once: the compilers' own vectors, which are SSE2 and NEON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ray_init_agent {

constexpr std::size_t kLanes = 16;

// Signed as text is here: bytes of 0x80 and above are negative.
using Lanes = signed char __attribute__((vector_size(kLanes)));

// Reads kLanes bytes from any address.
inline Lanes LoadLanes(const char* text) {
  Lanes lanes;
  std::memcpy(&lanes, text, kLanes);
  return lanes;
}

// Whether any lane of a comparison's outcome is true.
inline bool AnyOf(Lanes outcome) {
  std::uint64_t halves[2];
  std::memcpy(halves, &outcome, kLanes);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace ray_init_agent
