// The difference of two texts as `diff -u` and `patch` know it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// Returns the hunks with three lines around each, below `--- OLD_NAME` and `+++ NEW_NAME`; an empty text if
// both are equal. The fewest lines for up to a thousand changed lines (Myers, "An O(ND) Difference
// Algorithm", 1986); beyond that, one hunk from the first to the last line that differs.
std::string UnifiedDiff(std::string_view old_name, std::string_view old_text, std::string_view new_name,
                        std::string_view new_text);

}  // namespace kubectl_ray
