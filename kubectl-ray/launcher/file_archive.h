// A file or a directory of this machine as a tar: gzipped for pods that unpack it before their Ray starts, or
// as a stream for one that runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/result.h"

namespace kubectl_ray {

// Takes the next bytes of an archive, and returns whether it takes more.
using TakeBytes = std::function<bool(std::string_view)>;

// Writes the tree as a tar, in pieces of at most 64 KiB of content, with the times, owners and modes of
// PackArchive. Returns whether all of it was taken. kUsage if a file cannot be read or becomes shorter
// meanwhile; of one that grows the bytes that the tree says are written.
shared::Result<bool> WriteTar(const FileTree& tree, const TakeBytes& take);
// Returns the size in bytes of what WriteTar writes.
std::uint64_t TarSize(const FileTree& tree);

// Returns the archive of the tree, which is the same bytes each time: all times are 1980-01-01, entries are
// in the tree's order and belong to nobody, modes are the files' own. Holds the archive in memory, the files
// in pieces. kUsage if it becomes larger than `limit` bytes, which names the largest directories, and if a
// file cannot be read or changes meanwhile.
shared::Result<std::string> PackArchive(const FileTree& tree, std::size_t limit);

}  // namespace kubectl_ray
