// Flag values that are maps: --labels app=ray,env=dev.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// As pflag's StringToString reads them, which the official plugin uses: KEY=VALUE pairs separated by commas;
// a pair with a comma in it stands in double quotes ("" is a quote inside); a text with one '=' is one pair,
// commas and all. The flag may be repeated; the last value of a key counts. kUsage names the flag and the
// pair.
shared::Result<std::map<std::string, std::string>> ParsePairs(std::string_view flag,
                                                              const std::vector<std::string>& values);

}  // namespace kubectl_ray
