// Whether a directory's package is one that the dashboard takes, as early as it can be known.
#pragma once

#include <cstdint>
#include <optional>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

// Refuses a tree before it gets its name, for which all of it is read. First by what the walk knows: the
// sizes and the number of its files. Of what is left, the largest files are deflated, on `threads` threads,
// until that is `limit` bytes and so too much for sure, or until it shrinks to less than half:
// MeasurePackage() decides on that. Errors: kUsage, which names the largest directories and the way out;
// kInterrupted. A file that cannot be read is left to others.
shared::Status CheckPackageSize(const FileTree& tree, int threads, std::uint64_t limit,
                                const shared::Interrupt& interrupt);

// Returns the size that the zip will have: packs it once without keeping it. kUsage, which names the largest
// directories, as soon as it is `limit` or more, in the midst of a file too. If no zip of this tree can reach
// the limit, packs nothing and returns nothing.
shared::Result<std::optional<std::uint64_t>> MeasurePackage(const FileTree& tree, int threads,
                                                            std::uint64_t limit,
                                                            const shared::Interrupt& interrupt);

// Returns the largest size of a zip of the tree: no file shrinks, and headers are added.
std::uint64_t LargestPackageSize(const FileTree& tree);

}  // namespace kubectl_ray
