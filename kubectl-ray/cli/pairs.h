// Flag values that are maps: --labels app=ray,env=dev.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// Reads them as pflag's StringToString does, which the official plugin uses: KEY=VALUE pairs separated by
// commas. A pair with a comma in it is put into double quotes, in which "" means a quote; a text with only
// one '=' is one pair, with all its commas. The flag may be repeated; the last value of a key wins. kUsage
// names the flag and the pair.
shared::Result<std::map<std::string, std::string>> ParsePairs(std::string_view flag,
                                                              const std::vector<std::string>& values);

}  // namespace kubectl_ray
