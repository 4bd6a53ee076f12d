// Bytes as a test writes them.
#pragma once

#include <string>

// The literal with the NULs in it.
template <std::size_t N>
std::string Bytes(const char (&text)[N]) {
  return std::string(text, N - 1);
}
