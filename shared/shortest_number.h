// Numbers in the fewest digits that read back as the same number, without the tables of std::to_chars (120
// KB). Pure.
#pragma once

#include <string>

namespace shared {

// Both write scientific notation as C does: 1e-05, 1.5e+16, inf, nan.
std::string ShortestNumber(double number);
std::string ShortestNumber(float number);

// The same without an exponent: 0.5, 1, 0.0001. For sizes of 0, and from 1e-4 to below 1e16.
std::string ShortestDecimal(double number);

}  // namespace shared
