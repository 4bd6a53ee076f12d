// Files of this machine that are sent to pods: a file, or what is in a directory.
#pragma once

#include <string>

#include "kubectl-ray/convert/launcher_file.h"
#include "kubectl-ray/packages/file_tree.h"
#include "shared/result.h"

namespace kubectl_ray {

struct LocalFiles {
  FileTree tree;
  bool directory = false;  // otherwise the tree is one file
};

// Reads which files there are. One file is named `file_name` in the tree; those of a directory have paths
// below it, after `prefix`. Links are followed. `launcher` says by its rsync_exclude what is left out as
// .gitignore would, and .gitignore itself counts if its rsync_filter names it; nullptr: nothing is left out.
// A .rayignore counts always. kUsage, which names what is not there or cannot be read.
shared::Result<LocalFiles> ReadLocalFiles(const std::string& path, const std::string& file_name,
                                          const std::string& prefix, const LauncherFile* launcher);

}  // namespace kubectl_ray
