// The files that a -f of kubectl's means.
#pragma once

#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// A `none_hint` of commands that have -R.
inline constexpr const char* kRecursiveHint = "-R looks into the folders in it, too.";

// Returns the path itself, "-" (stdin) too, or of a folder the regular files that end in .yaml, .yml and
// .json, by name; `recursive`: also those of the folders in it. Reads no file. kUsage if the folder cannot be
// read, or has none of them, to which `none_hint` is the way out.
shared::Result<std::vector<std::string>> ManifestFiles(const std::string& path, bool recursive,
                                                       const std::string& none_hint = "");

}  // namespace kubectl_ray
