// memcpy(), memmove() and memset() for the static programs: zig compiles its own for the smallest size, a
// loop of one byte at a time (0.5 GB/s), which was a third of what a session's bytes cost. With musl these
// take the names' places; elsewhere the C library's own are the better ones, and only the tests call these.
#pragma once

#include <cstddef>

extern "C" {
void* ray_memcpy(void* __restrict to, const void* __restrict from, std::size_t size) noexcept;
void* ray_memmove(void* to, const void* from, std::size_t size) noexcept;
void* ray_memset(void* to, int byte, std::size_t size) noexcept;
}
