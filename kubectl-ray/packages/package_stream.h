// A package as a zip, deflated while it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/result.h"

namespace kubectl_ray {

// Deflates on all cores, in bounded memory, to the same bytes each time: all times are 1980-01-01, entries
// are in the tree's order, modes are the files' own. Only one thread may read it.
class PackageStream {
 public:
  // `tree` must outlive the stream. Starts `threads` threads. A zip of `limit` bytes or more is not made:
  // reading fails where it is reached.
  PackageStream(const FileTree* tree, int threads,
                std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());
  ~PackageStream();
  PackageStream(const PackageStream&) = delete;
  PackageStream& operator=(const PackageStream&) = delete;

  // Fills at most `size` bytes and returns how many. Returns 0 at the end, and -1 if a file could not be
  // read, is shorter than the tree says or has another crc; error() then says which. Blocks while the next
  // piece is being deflated.
  std::ptrdiff_t Read(char* buffer, std::size_t size);

  const shared::Error& error() const;
  // Whether reading failed since the zip is of the limit's size or larger.
  bool over_limit() const;
  // How many bytes of the files were read out so far.
  std::uint64_t packed_bytes() const;
  // The paths on this machine of the files that were found to be longer than the tree says, so far. The zip
  // has only the bytes that the tree says.
  const std::vector<std::string>& grown() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Returns the number of threads that hash and deflate: one for each core.
int PackingThreads();

}  // namespace kubectl_ray
