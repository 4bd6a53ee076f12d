#include "shared/libc_memory.h"

#include <bit>
#include <cstdint>

// Compiled without builtins and without LTO (see CMakeLists.txt): the compiler would recognise these loops,
// and call memcpy() for them.
namespace {

// Loads and stores at any address, of any type. (They are structs, because a template drops a typedef's
// attributes.)
using Lanes = unsigned char __attribute__((vector_size(16)));
struct __attribute__((packed, may_alias)) Vector {
  Lanes value;
};
struct __attribute__((packed, may_alias)) Word8 {
  std::uint64_t value;
};
struct __attribute__((packed, may_alias)) Word4 {
  std::uint32_t value;
};
using Byte = unsigned char;

template <typename T>
T Load(const Byte* from) {
  return *reinterpret_cast<const T*>(from);
}

template <typename T>
void Store(Byte* to, T value) {
  *reinterpret_cast<T*>(to) = value;
}

// Copies sizes from one T to two: the halves overlap, and both are read before either is written.
template <typename T>
void CopyEnds(Byte* to, const Byte* from, std::size_t size) {
  const T head = Load<T>(from);
  const T tail = Load<T>(from + size - sizeof(T));
  Store(to, head);
  Store(to + size - sizeof(T), tail);
}

void CopySmall(Byte* to, const Byte* from, std::size_t size) {
  if (size > 16) return CopyEnds<Vector>(to, from, size);
  if (size >= 8) return CopyEnds<Word8>(to, from, size);
  if (size >= 4) return CopyEnds<Word4>(to, from, size);
  if (size == 0) return;
  const Byte head = from[0], middle = from[size / 2], tail = from[size - 1];
  to[0] = head;
  to[size / 2] = middle;
  to[size - 1] = tail;
}

// Correct if `to` is below `from`, or they do not overlap.
void CopyForward(Byte* to, const Byte* from, std::size_t size) {
  const Vector tail = Load<Vector>(from + size - 16);
  std::size_t at = 0;
  for (; size - at > 64; at += 64) {
    const Vector a = Load<Vector>(from + at), b = Load<Vector>(from + at + 16);
    const Vector c = Load<Vector>(from + at + 32), d = Load<Vector>(from + at + 48);
    Store(to + at, a);
    Store(to + at + 16, b);
    Store(to + at + 32, c);
    Store(to + at + 48, d);
  }
  for (; size - at > 16; at += 16) Store(to + at, Load<Vector>(from + at));
  Store(to + size - 16, tail);
}

// Correct if `to` is above `from`.
void CopyBackward(Byte* to, const Byte* from, std::size_t size) {
  const Vector head = Load<Vector>(from);
  std::size_t left = size;
  for (; left > 64; left -= 64) {
    const Vector a = Load<Vector>(from + left - 16), b = Load<Vector>(from + left - 32);
    const Vector c = Load<Vector>(from + left - 48), d = Load<Vector>(from + left - 64);
    Store(to + left - 16, a);
    Store(to + left - 32, b);
    Store(to + left - 48, c);
    Store(to + left - 64, d);
  }
  for (; left > 16; left -= 16) Store(to + left - 16, Load<Vector>(from + left - 16));
  Store(to, head);
}

// Returns the first byte's place among those that are 0xff in `found`, or 16. (Both processors are
// little-endian.)
std::size_t FirstOf(Lanes found) {
  const Vector vector = {found};
  const Byte* bytes = reinterpret_cast<const Byte*>(&vector);
  const std::uint64_t low = Load<Word8>(bytes).value, high = Load<Word8>(bytes + 8).value;
  if (low != 0) return static_cast<std::size_t>(std::countr_zero(low)) / 8;
  return 8 + static_cast<std::size_t>(std::countr_zero(high)) / 8;
}

}  // namespace

extern "C" {

void* ray_memcpy(void* __restrict to, const void* __restrict from, std::size_t size) noexcept {
  auto* target = static_cast<Byte*>(to);
  const auto* source = static_cast<const Byte*>(from);
  size <= 32 ? CopySmall(target, source, size) : CopyForward(target, source, size);
  return to;
}

void* ray_memmove(void* to, const void* from, std::size_t size) noexcept {
  auto* target = static_cast<Byte*>(to);
  const auto* source = static_cast<const Byte*>(from);
  if (size <= 32) {
    CopySmall(target, source, size);
  } else if (target < source) {
    CopyForward(target, source, size);
  } else {
    CopyBackward(target, source, size);
  }
  return to;
}

void* ray_memset(void* to, int byte, std::size_t size) noexcept {
  auto* target = static_cast<Byte*>(to);
  const auto value = static_cast<Byte>(byte);
  if (size < 16) {
    for (std::size_t i = 0; i < size; ++i) target[i] = value;
    return to;
  }
  const Vector values = {value - Lanes{}};
  for (std::size_t at = 0; size - at > 16; at += 16) Store(target + at, values);
  Store(target + size - 16, values);
  return to;
}

// No load may reach into a page that is not there: one at a multiple of 16 never does.
void* ray_memchr(const void* from, int byte, std::size_t size) noexcept {
  constexpr std::uintptr_t kPage = 4096;
  const auto* at = static_cast<const Byte*>(from);
  const auto value = static_cast<Byte>(byte);
  const Vector values = {value - Lanes{}};
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  if (size >= 16 && address % kPage <= kPage - 16) {
    const std::size_t place = FirstOf(reinterpret_cast<Lanes>(Load<Vector>(at).value == values.value));
    if (place < 16) return const_cast<Byte*>(at) + place;
    at += 16 - address % 16;
    size -= 16 - address % 16;
  }
  for (; size > 0 && reinterpret_cast<std::uintptr_t>(at) % 16 != 0; ++at, --size)
    if (*at == value) return const_cast<Byte*>(at);
  for (; size >= 16; at += 16, size -= 16) {
    const std::size_t place = FirstOf(reinterpret_cast<Lanes>(Load<Vector>(at).value == values.value));
    if (place < 16) return const_cast<Byte*>(at) + place;
  }
  for (; size > 0; ++at, --size)
    if (*at == value) return const_cast<Byte*>(at);
  return nullptr;
}

#if defined(__linux__) && !defined(__GLIBC__)
void* memcpy(void* __restrict, const void* __restrict, std::size_t) noexcept
    __attribute__((alias("ray_memcpy")));
void* memmove(void*, const void*, std::size_t) noexcept __attribute__((alias("ray_memmove")));
void* memset(void*, int, std::size_t) noexcept __attribute__((alias("ray_memset")));
void* memchr(const void*, int, std::size_t) noexcept __attribute__((alias("ray_memchr")));
#endif
}
