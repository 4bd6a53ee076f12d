// The blocks of which a package's zip is made: a piece of a file, deflated on its own, so that all cores
// deflate one file.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "kubectl-ray/packages/file_tree.h"

namespace kubectl_ray {

inline constexpr std::size_t kZipBlockBytes = 256 << 10;  // of a file

// Which bytes of a file a block has.
struct ZipPiece {
  std::uint64_t offset = 0;
  std::size_t size = 0;
  bool only = false;  // the file has only this block
  bool last = false;
};

struct ZipBlock {
  bool done = false;
  std::string data;  // raw deflate; if `stored`, as it is
  uLong crc = 0;
  std::size_t size = 0;  // before deflating
  bool stored = false;
  bool grown = false;  // the file has more after its last block
  std::string failure;
};

// A deflate state that is reused for each block of a thread.
class ZipDeflater {
 public:
  ZipDeflater();
  ~ZipDeflater();
  ZipDeflater(const ZipDeflater&) = delete;
  ZipDeflater& operator=(const ZipDeflater&) = delete;

  // Returns raw deflate of `bytes` that ends on a byte, so that blocks can be concatenated.
  std::string Run(std::string_view bytes, int level, bool last);

 private:
  z_stream stream_ = {};
};

// Reads and deflates one piece; `buffer` is used again and again. If the file cannot be read or is shorter
// than the piece, the block's `failure` says why. Blocks on the disk.
ZipBlock MakeZipBlock(ZipDeflater* deflater, const PackedFile& file, const ZipPiece& piece,
                      std::string* buffer);

}  // namespace kubectl_ray
