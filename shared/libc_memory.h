// memcpy(), memmove() and memset() for the static programs. zig compiles its own for the smallest size: a
// loop of one byte at a time (0.5 GB/s), which was a third of the cost of a session's bytes. With musl these
// take the place of the standard names; with other C libraries, whose own are better, only the tests call
// them.
#pragma once

#include <cstddef>

extern "C" {
void* ray_memcpy(void* __restrict to, const void* __restrict from, std::size_t size) noexcept;
void* ray_memmove(void* to, const void* from, std::size_t size) noexcept;
void* ray_memset(void* to, int byte, std::size_t size) noexcept;
}
