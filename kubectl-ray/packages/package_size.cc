#include "kubectl-ray/packages/package_size.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kubectl-ray/packages/package_stream.h"
#include "kubectl-ray/packages/zip_block.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

constexpr std::uint64_t kProbeBytes = 16 << 20;  // read before the probe may give up

shared::Unexpected<shared::Error> TooLarge(const FileTree& tree, const std::string& cause,
                                           const std::string& way_out = "") {
  std::string hint = "Its largest directories:";
  for (const DirectorySize& directory : LargestDirectories(tree, 5))
    hint += "\n  " + shared::FormatBytes(directory.size) + "  " + directory.path + "  (" +
            std::to_string(directory.files) + " files)";
  if (tree.ended_early) hint += "\n  and what was not looked at any more";
  return Fail(ErrorCode::kUsage,
              "cannot send " + std::string(tree.ended_early ? "more than " : "") +
                  shared::FormatBytes(tree.total_size) + " in " + std::to_string(tree.files.size()) +
                  " files: " + cause,
              hint +
                  "\nLeave out what the job does not need, by .rayignore or the runtime_env's `excludes`, or "
                  "put the zip elsewhere and give its URI." +
                  way_out);
}

shared::Unexpected<shared::Error> ZipTooLarge(const FileTree& tree, std::uint64_t limit) {
  return TooLarge(tree,
                  "as a zip they are over the " + shared::FormatBytes(limit) + " that Ray's dashboard takes");
}

// Deflates the largest files first, as the zip has them, until the sum says enough.
class Probe {
 public:
  Probe(const FileTree& tree, std::uint64_t limit, const shared::Interrupt& interrupt)
      : limit_(limit), interrupt_(interrupt) {
    for (const PackedFile& file : tree.files) files_.push_back(&file);
    std::sort(files_.begin(), files_.end(),
              [](const PackedFile* a, const PackedFile* b) { return a->size > b->size; });
  }

  // Returns whether the zip is of the limit's size for sure.
  bool Run(int threads) {
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back([this] { Work(); });
    for (std::thread& worker : workers) worker.join();
    return deflated_ >= limit_;
  }

 private:
  bool Enough() const {
    return deflated_ >= limit_ || (read_ >= kProbeBytes && deflated_ * 2 < read_) || interrupt_.raised();
  }

  // Returns the file of the next piece, or null at the end.
  const PackedFile* Take(ZipPiece* piece) {
    const std::lock_guard lock(mutex_);
    while (next_file_ < files_.size() && next_offset_ >= files_[next_file_]->size) {
      ++next_file_;
      next_offset_ = 0;
    }
    if (next_file_ == files_.size()) return nullptr;
    const PackedFile* file = files_[next_file_];
    const std::uint64_t left = file->size - next_offset_;
    piece->offset = next_offset_;
    piece->size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kZipBlockBytes));
    piece->last = piece->size == left;
    piece->only = piece->last && next_offset_ == 0;
    next_offset_ += piece->size;
    return file;
  }

  void Work() {
    ZipDeflater deflater;
    std::string buffer;
    ZipPiece piece;
    while (!Enough()) {
      const PackedFile* file = Take(&piece);
      if (file == nullptr) return;
      const ZipBlock block = MakeZipBlock(&deflater, *file, piece, &buffer);
      deflated_ += block.data.size();
      read_ += block.size;
    }
  }

  const std::uint64_t limit_;
  const shared::Interrupt& interrupt_;
  std::vector<const PackedFile*> files_;
  std::mutex mutex_;  // of the next two
  std::size_t next_file_ = 0;
  std::uint64_t next_offset_ = 0;
  std::atomic<std::uint64_t> deflated_{0};
  std::atomic<std::uint64_t> read_{0};
};

}  // namespace

Status CheckPackageSize(const FileTree& tree, int threads, std::uint64_t limit,
                        const shared::Interrupt& interrupt) {
  if (SmallestPackageSize(tree) >= limit) return ZipTooLarge(tree, limit);
  if (tree.total_size / kLargestTreePerLimit >= limit)
    return TooLarge(tree,
                    "over " + shared::FormatBytes(limit * kLargestTreePerLimit) + " hardly shrink to the " +
                        shared::FormatBytes(limit) + " that Ray's dashboard takes",
                    " If they do shrink that far, zip them yourself: --working-dir FILE.zip.");
  if (LargestPackageSize(tree) < limit) return shared::Ok();
  const bool too_large = Probe(tree, limit, interrupt).Run(threads);
  if (interrupt.raised()) return Fail(ErrorCode::kInterrupted, "interrupted while reading the files to send");
  if (too_large) return ZipTooLarge(tree, limit);
  return shared::Ok();
}

std::uint64_t LargestPackageSize(const FileTree& tree) {
  // For each file: a local header (30) and a directory entry (46) with its name, stored deflate blocks (5
  // bytes in 65535) and the flush after each block. At the end: zip64's and the old end records (98).
  std::uint64_t size = 98;
  for (const PackedFile& file : tree.files)
    size += 76 + 2 * file.path.size() + file.size + file.size / kZipBlockBytes * 64 + file.size / 4096 + 64;
  return size;
}

Result<std::optional<std::uint64_t>> MeasurePackage(const FileTree& tree, int threads, std::uint64_t limit,
                                                    const shared::Interrupt& interrupt) {
  if (LargestPackageSize(tree) < limit) return std::optional<std::uint64_t>();
  PackageStream stream(&tree, threads, limit);
  std::array<char, 64 * 1024> buffer;
  std::uint64_t size = 0;
  while (const std::ptrdiff_t n = stream.Read(buffer.data(), buffer.size())) {
    if (stream.over_limit()) return ZipTooLarge(tree, limit);
    if (n < 0) return shared::Unexpected(stream.error());
    size += static_cast<std::uint64_t>(n);
    if (interrupt.raised()) return Fail(ErrorCode::kInterrupted, "interrupted while packing");
    if (size >= limit) return ZipTooLarge(tree, limit);
  }
  return std::optional<std::uint64_t>(size);
}

}  // namespace kubectl_ray
