// A log's line on a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// `prefix` and the line, with what a terminal would obey escaped, but for two: colours (ECMA-48's SGR, which
// Ray and many programs log), which are left out without `color` and switched off at the end; and a return to
// the line's beginning, which progress bars such as tqdm's make and after which the prefix, printed as it is,
// comes again.
std::string TerminalLine(std::string_view text, std::string_view prefix, bool color);

}  // namespace kubectl_ray
