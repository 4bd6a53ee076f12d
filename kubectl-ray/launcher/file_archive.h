// A file or a directory of this machine as a gzipped tar, for pods that unpack it before their Ray starts.
#pragma once

#include <cstddef>
#include <string>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/result.h"

namespace kubectl_ray {

// Returns the archive of the tree, which is the same bytes each time: all times are 1980-01-01, entries are
// in the tree's order and belong to nobody, modes are the files' own. Holds the archive in memory, the files
// in pieces. kUsage if it becomes larger than `limit` bytes, which names the largest directories, and if a
// file cannot be read or changes meanwhile.
shared::Result<std::string> PackArchive(const FileTree& tree, std::size_t limit);

}  // namespace kubectl_ray
