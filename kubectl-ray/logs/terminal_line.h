// How a line of a log is printed on a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// Returns `prefix` and the line, in which everything that a terminal would obey is escaped, with two
// exceptions. Colours (ECMA-48's SGR, which Ray and many programs log) are kept, and switched off at the end;
// without `color` they are removed. A return to the line's beginning, which progress bars such as tqdm's
// make, is kept, and the prefix follows it. The prefix is not escaped.
std::string TerminalLine(std::string_view text, std::string_view prefix, bool color);

}  // namespace kubectl_ray
