#include "shared/shortest_number.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace shared {
namespace {

constexpr int kMaxPrecision =
    24;  // enough for 17 digits after 0.0001's zeros; NaN never reads back as itself

template <typename Same>
std::string Shortest(bool decimal, double number, const Same& same) {
  std::array<char, 64> text{};
  for (int precision = 0; precision <= kMaxPrecision; ++precision) {
    std::snprintf(text.data(), text.size(), decimal ? "%.*f" : "%.*e", precision, number);
    if (same(text.data())) break;
  }
  return text.data();
}

}  // namespace

std::string ShortestNumber(double number) {
  return Shortest(false, number, [&](const char* text) { return std::strtod(text, nullptr) == number; });
}

std::string ShortestNumber(float number) {
  return Shortest(false, static_cast<double>(number),
                  [&](const char* text) { return std::strtof(text, nullptr) == number; });
}

std::string ShortestDecimal(double number) {
  return Shortest(true, number, [&](const char* text) { return std::strtod(text, nullptr) == number; });
}

}  // namespace shared
