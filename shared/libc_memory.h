// memcpy(), memmove(), memset() and memchr() for the static programs. zig compiles its own for the smallest
// size: a loop of one byte at a time (0.5 GB/s), which was a third of the cost of a session's bytes and, as
// the search for the ends of lines, half of the cost of the log tailer. With musl these take the place of the
// standard names; with other C libraries, whose own are better, only the tests call them.
#pragma once

#include <cstddef>

extern "C" {
void* ray_memcpy(void* __restrict to, const void* __restrict from, std::size_t size) noexcept;
void* ray_memmove(void* to, const void* from, std::size_t size) noexcept;
void* ray_memset(void* to, int byte, std::size_t size) noexcept;
// As the standard's: `size` may reach past the end of what is there if `byte` is found before it.
void* ray_memchr(const void* from, int byte, std::size_t size) noexcept;
}
