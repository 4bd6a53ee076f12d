// LZMA, by which a program takes a quarter less than by gzip: for what this program carries. No other data is
// read by it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kubectl_ray {

// Returns the first `size` bytes of what `packed` unpacks to. `packed` is a raw LZMA stream (Python's
// FORMAT_RAW with FILTER_LZMA1) with lc=3, lp=0 and pb=2, as cmake/pack-agents writes it. If it is damaged,
// what comes back is shorter, or other bytes: the caller has a sum of them. Needs about 40 ms for a megabyte
// that is packed.
std::string UnpackLzma(std::string_view packed, std::size_t size);

}  // namespace kubectl_ray
