#include "kubectl-ray/packages/zip_block.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::size_t kSampleBytes = 8 << 10;  // deflated first, to see whether the block is worth the time

void DeflateInto(ZipDeflater* deflater, std::string_view bytes, const ZipPiece& piece, ZipBlock* block) {
  block->crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  block->size = bytes.size();
  const std::string_view sample = bytes.substr(0, kSampleBytes);
  const bool shrinks = bytes.size() < 64 || deflater->Run(sample, 1, true).size() * 32 < sample.size() * 31;
  block->data = deflater->Run(bytes, shrinks ? 1 : 0, piece.last);
  if (!piece.only || block->data.size() < bytes.size()) return;
  block->stored = true;
  block->data = bytes;
}

// Reads exactly the block's bytes. Sets *grown if the file has more after its last block. Returns why it
// failed, or nothing.
std::string ReadPiece(const PackedFile& file, const ZipPiece& piece, std::string* bytes, bool* grown) {
  const int fd = open(file.source.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return shared::ErrnoText(errno);
  bytes->resize(piece.size + 1);  // one more byte, to notice a file that has grown
  std::size_t got = 0;
  std::string failure;
  while (got < bytes->size()) {
    const ssize_t n =
        pread(fd, bytes->data() + got, bytes->size() - got, static_cast<off_t>(piece.offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failure = shared::ErrnoText(errno);
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  close(fd);
  if (failure.empty() && got < piece.size) failure = "it was shortened meanwhile";
  *grown = piece.last && got > piece.size;
  bytes->resize(std::min(got, piece.size));
  return failure;
}

}  // namespace

ZipDeflater::ZipDeflater() { deflateInit2(&stream_, 1, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY); }

ZipDeflater::~ZipDeflater() { deflateEnd(&stream_); }

std::string ZipDeflater::Run(std::string_view bytes, int level, bool last) {
  deflateReset(&stream_);
  deflateParams(&stream_, level, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream_, static_cast<uLong>(bytes.size())) + 64, '\0');
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out.data());
  stream_.avail_out = static_cast<uInt>(out.size());
  // A sync flush ends on a byte, so that the blocks of a file can be concatenated.
  deflate(&stream_, last ? Z_FINISH : Z_SYNC_FLUSH);
  out.resize(out.size() - stream_.avail_out);
  return out;
}

ZipBlock MakeZipBlock(ZipDeflater* deflater, const PackedFile& file, const ZipPiece& piece,
                      std::string* buffer) {
  ZipBlock block;
  buffer->clear();
  if (!file.is_directory) block.failure = ReadPiece(file, piece, buffer, &block.grown);
  if (block.failure.empty()) DeflateInto(deflater, *buffer, piece, &block);
  block.done = true;
  return block;
}

}  // namespace kubectl_ray
