// A package as a zip: deflated on all cores while it is read, in bounded memory, the same bytes each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

// Times are 1980-01-01, entries are in the tree's order, modes are the files' own. One thread reads it.
class PackageStream {
 public:
  // `tree` must outlive it. Starts `threads` threads.
  PackageStream(const FileTree* tree, int threads);
  ~PackageStream();
  PackageStream(const PackageStream&) = delete;
  PackageStream& operator=(const PackageStream&) = delete;

  // Fills at most `size` bytes: how many, 0 at the end, -1 where a file could not be read, is shorter than
  // the tree says or has another crc (error() says which). Blocks while the next piece is being deflated.
  std::ptrdiff_t Read(char* buffer, std::size_t size);

  const shared::Error& error() const;
  // Bytes of the files that are in what was read so far.
  std::uint64_t packed_bytes() const;
  // The files, by their place on this machine, that were longer than the tree says when they were read, so
  // far: of those only the bytes that the tree says are in the zip.
  const std::vector<std::string>& grown() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The size the zip will have, by packing it once without keeping it; kUsage, with the largest directories,
// once it is `limit` or more. Where no zip of the tree can reach the limit nothing is packed, and the answer
// is nothing.
shared::Result<std::optional<std::uint64_t>> MeasurePackage(const FileTree& tree, int threads,
                                                            std::uint64_t limit,
                                                            const shared::Interrupt& interrupt);

// The most a zip of the tree can take: nothing shrinks, and what stands around the contents.
std::uint64_t LargestPackageSize(const FileTree& tree);

// The number of threads that hash and deflate: one for each core.
int PackingThreads();

}  // namespace kubectl_ray
