#include "kubectl-ray/launcher/file_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::uint64_t kLargestInHeader = (std::uint64_t{1} << 33) - 1;  // eleven octal digits
constexpr unsigned kEpochOfZip = 315532800;  // 1980-01-01, since zips of it may be made

// Deflates pieces into one gzip member, up to a limit.
class Gzip {
 public:
  explicit Gzip(std::size_t limit) : limit_(limit) {
    ready_ = deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Gzip() { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Returns false once the output is larger than the limit.
  bool Add(std::string_view piece, int flush = Z_NO_FLUSH) {
    if (!ready_) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    std::array<char, 16 * 1024> out;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = out.size();
      deflate(&stream_, flush);
      output_.append(out.data(), out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0 && output_.size() <= limit_);
    return output_.size() <= limit_;
  }
  bool Finish() { return Add("", Z_FINISH); }
  std::string TakeOutput() { return std::move(output_); }

 private:
  const std::size_t limit_;
  z_stream stream_ = {};
  bool ready_ = false;
  std::string output_;
};

void PutOctal(char* field, std::size_t size, std::uint64_t value) {
  std::snprintf(field, size, "%0*llo", static_cast<int>(size) - 1, static_cast<unsigned long long>(value));
}

// GNU's base 256 for what has more octal digits than the field.
void PutSize(char* field, std::uint64_t size) {
  if (size <= kLargestInHeader) return PutOctal(field, 12, size);
  field[0] = static_cast<char>(0x80);
  for (int i = 11; i > 0; --i, size >>= 8) field[i] = static_cast<char>(size & 0xff);
}

// POSIX ustar, with GNU's marker for an entry that holds the next one's long name ('L').
std::string Header(std::string_view name, std::uint32_t mode, std::uint64_t size, char type) {
  std::string header(kBlock, '\0');
  name.copy(header.data(), 100);
  PutOctal(&header[100], 8, mode);
  PutOctal(&header[108], 8, 0);
  PutOctal(&header[116], 8, 0);
  PutSize(&header[124], size);
  PutOctal(&header[136], 12, kEpochOfZip);
  std::memset(&header[148], ' ', 8);
  header[156] = type;
  std::memcpy(&header[257], "ustar\00000", 8);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(&header[148], 8, "%06o", sum);
  return header;
}

std::string Padding(std::uint64_t size) { return std::string((kBlock - size % kBlock) % kBlock, '\0'); }

std::string HeadersOf(const PackedFile& file) {
  const std::string name = file.is_directory ? file.path + "/" : file.path;
  std::string headers;
  if (name.size() > 100) {
    headers = Header("././@LongLink", 0644, name.size() + 1, 'L') + name + '\0';
    headers += Padding(name.size() + 1);
  }
  return headers +
         Header(name, file.mode & 07777, file.is_directory ? 0 : file.size, file.is_directory ? '5' : '0');
}

shared::Unexpected<shared::Error> TooLarge(const FileTree& tree, std::size_t limit) {
  std::string largest;
  for (const DirectorySize& directory : LargestDirectories(tree, 3))
    largest +=
        (largest.empty() ? "" : ", ") + directory.path + " (" + shared::FormatBytes(directory.size) + ")";
  return Fail(ErrorCode::kUsage,
              std::to_string(tree.files.size()) + " files of " + shared::FormatBytes(tree.total_size) +
                  " are more than " + shared::FormatBytes(limit) + " when packed",
              "The largest: " + largest + ".");
}

shared::Unexpected<shared::Error> CannotRead(const PackedFile& file, const char* cause) {
  return Fail(ErrorCode::kUsage, "cannot read \"" + file.source + "\": " + cause);
}

// Returns whether the bytes were taken.
shared::Result<bool> WriteContent(const PackedFile& file, const TakeBytes& take) {
  std::ifstream in(file.source, std::ios::binary);
  if (!in) return CannotRead(file, "it cannot be opened");
  std::string piece;
  std::uint64_t left = file.size;
  while (left > 0) {
    piece.resize(std::min<std::uint64_t>(left, kPiece));
    if (!in.read(piece.data(), static_cast<std::streamsize>(piece.size())))
      return CannotRead(file, "it has become shorter meanwhile");
    if (!take(piece)) return false;
    left -= piece.size();
  }
  return take(Padding(file.size));
}

}  // namespace

shared::Result<bool> WriteTar(const FileTree& tree, const TakeBytes& take) {
  for (const PackedFile& file : tree.files) {
    if (!take(HeadersOf(file))) return false;
    if (file.is_directory) continue;
    ASSIGN_OR_RETURN(const bool taken, WriteContent(file, take));
    if (!taken) return false;
  }
  return take(std::string(2 * kBlock, '\0'));
}

std::uint64_t TarSize(const FileTree& tree) {
  std::uint64_t size = 2 * kBlock;
  for (const PackedFile& file : tree.files) {
    size += HeadersOf(file).size();
    if (!file.is_directory) size += file.size + Padding(file.size).size();
  }
  return size;
}

shared::Result<std::string> PackArchive(const FileTree& tree, std::size_t limit) {
  Gzip gzip(limit);
  ASSIGN_OR_RETURN(const bool fits, WriteTar(tree, [&](std::string_view bytes) { return gzip.Add(bytes); }));
  if (!fits || !gzip.Finish()) return TooLarge(tree, limit);
  return gzip.TakeOutput();
}

}  // namespace kubectl_ray
