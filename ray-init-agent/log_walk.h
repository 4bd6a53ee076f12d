// What is in and below a logs directory.
#pragma once

#include <functional>
#include <string>

namespace ray_init_agent {

using OnPath = std::function<void(const std::string& path)>;

// Calls on_directory for the directory and each one below it, before what is in it, and on_file for all else.
// Paths begin with `directory`. Left out are directories more than 8 below the root, which `depth` counts
// from, and what is there through links.
void WalkLogs(const std::string& directory, int depth, const OnPath& on_directory, const OnPath& on_file);

}  // namespace ray_init_agent
