// Visits everything in and below a logs directory.
#pragma once

#include <functional>
#include <string>

namespace ray_init_agent {

using OnPath = std::function<void(const std::string& path)>;

// Calls on_directory for `directory` and for each directory below it, before what is in it, and on_file for
// everything else. Paths begin with `directory`. Directories more than 8 levels below the root are left out
// (`depth` is the level of `directory`), and so is what is reached through links.
void WalkLogs(const std::string& directory, int depth, const OnPath& on_directory, const OnPath& on_file);

}  // namespace ray_init_agent
