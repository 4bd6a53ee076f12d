#include "kubectl-ray/packages/package_stream.h"

#include <fcntl.h>
#include <minizip/zip.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "kubectl-ray/packages/entry_buffer.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::size_t kBlockBytes = 256 << 10;  // of a file, deflated on its own
constexpr std::size_t kSampleBytes = 8 << 10;   // deflated first, to see whether the block is worth the time
constexpr int kBlocksPerThread = 4;             // in flight
constexpr uLong kDosTime1980 = 0x00210000;
constexpr uLong kMadeByUnix = 3 << 8 | 20;
constexpr uLong kNamesAreUtf8 = 1 << 11;
constexpr uLong kUnixRegular = 0100000, kUnixDirectory = 0040000;

struct Block {
  bool done = false;
  std::string data;  // raw deflate; if `stored`, as it is
  uLong crc = 0;
  std::size_t size = 0;  // before deflating
  bool stored = false;
  bool grown = false;  // the file has more after its last block
  std::string failure;
};

// A deflate state that is reused for each block.
class Deflater {
 public:
  Deflater() { deflateInit2(&stream_, 1, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY); }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string Run(std::string_view bytes, int level, bool last) {
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

 private:
  z_stream stream_ = {};
};

// Which bytes of which file a block has.
struct Piece {
  std::size_t file;
  std::uint64_t offset;
  std::size_t size;
  bool only;  // the file has only this block
  bool last;
};

void DeflateInto(Deflater* deflater, std::string_view bytes, const Piece& piece, Block* block) {
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
std::string ReadPiece(const PackedFile& file, const Piece& piece, std::string* bytes, bool* grown) {
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

struct PackageStream::State {
  const FileTree* tree;
  std::vector<std::thread> threads;

  // Shared with the threads.
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Block> window;    // the blocks in flight, by number modulo its size
  std::size_t next_block = 0;   // the next one that a thread takes
  std::size_t next_wanted = 0;  // the next one that is written to the zip
  std::size_t next_file = 0;    // where the next piece comes from
  std::uint64_t next_offset = 0;
  bool stop = false;

  // Used on the reading thread only.
  zipFile zip = nullptr;
  EntryBuffer entry;
  std::uint64_t base = 0;      // position in the zip where `entry` begins
  std::uint64_t position = 0;  // of the zip writer
  bool entry_complete = false;
  bool closed = false;
  std::size_t file = 0;
  std::uint64_t file_done = 0;
  uLong file_crc = 0;
  bool file_open = false;
  std::uint64_t packed = 0;
  std::vector<std::string> grown;
  Error error;

  // Returns the next piece in the zip's order; an empty file has one of size zero. Called with the mutex
  // locked.
  bool TakePiece(Piece* piece) {
    if (next_file >= tree->files.size()) return false;
    const PackedFile& source = tree->files[next_file];
    const std::uint64_t left = source.size - next_offset;
    piece->file = next_file;
    piece->offset = next_offset;
    piece->size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlockBytes));
    piece->last = piece->size == left;
    piece->only = piece->last && next_offset == 0;
    next_offset += piece->size;
    if (piece->last) {
      ++next_file;
      next_offset = 0;
    }
    return true;
  }

  void Work() {
    Deflater deflater;
    std::string bytes;
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stop || next_block < next_wanted + window.size(); });
      Piece piece;
      if (stop || !TakePiece(&piece)) return;
      const std::size_t number = next_block++;
      lock.unlock();
      Block block;
      const PackedFile& source = tree->files[piece.file];
      bytes.clear();
      if (!source.is_directory) block.failure = ReadPiece(source, piece, &bytes, &block.grown);
      if (block.failure.empty()) DeflateInto(&deflater, bytes, piece, &block);
      block.done = true;
      lock.lock();
      window[number % window.size()] = std::move(block);
      changed.notify_all();
    }
  }

  Block Wait() {
    std::unique_lock lock(mutex);
    Block& slot = window[next_wanted % window.size()];
    changed.wait(lock, [&] { return slot.done; });
    Block block = std::exchange(slot, Block());
    ++next_wanted;
    changed.notify_all();
    return block;
  }

  bool FailFile(const std::string& cause) {
    error = {ErrorCode::kUsage, "cannot pack \"" + tree->files[file].source + "\": " + cause,
             "Leave it out, by a line in .rayignore or `excludes` in the runtime_env, or submit again once "
             "nothing "
             "writes to it."};
    return false;
  }

  bool OpenEntry(const Block& first) {
    const PackedFile& source = tree->files[file];
    zip_fileinfo info = {};
    info.dosDate = kDosTime1980;
    info.external_fa = (source.mode | (source.is_directory ? kUnixDirectory : kUnixRegular)) << 16;
    const bool stored = first.stored || source.is_directory;
    const int opened = zipOpenNewFileInZip4_64(
        zip, source.path.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, stored ? 0 : Z_DEFLATED, 0, 1,
        -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, kNamesAreUtf8, 0);
    file_open = opened == ZIP_OK;
    file_crc = 0;
    file_done = 0;
    return file_open || FailFile("no space for its zip entry");
  }

  // Writes the next block. Returns true if there is more to read or to write.
  bool WriteBlock() {
    const Block block = Wait();
    const PackedFile& source = tree->files[file];
    if (!block.failure.empty()) return FailFile(block.failure);
    if (!file_open && !OpenEntry(block)) return false;
    if (!source.is_directory) {
      if (zipWriteInFileInZip(zip, block.data.data(), static_cast<unsigned>(block.data.size())) != ZIP_OK)
        return FailFile("no space for its zip entry");
      file_crc = crc32_combine(file_crc, block.crc, static_cast<z_off_t>(block.size));
    }
    file_done += block.size;
    packed += block.size;
    if (file_done < source.size) return true;
    if (source.crc && *source.crc != file_crc) return FailFile("it was rewritten meanwhile");
    if (block.grown) grown.push_back(source.source);
    file_open = false;
    if (zipCloseFileInZipRaw64(zip, source.size, file_crc) != ZIP_OK)
      return FailFile("no space for its zip entry");
    entry_complete = true;
    ++file;
    return true;
  }

  static voidpf OpenZip(voidpf state, const void*, int) { return state; }
  static uLong ReadZip(voidpf, voidpf, void*, uLong) { return 0; }
  static uLong WriteZip(voidpf, voidpf stream, const void* bytes, uLong size) {
    auto* self = static_cast<State*>(stream);
    if (!self->entry.Write(self->position - self->base, {static_cast<const char*>(bytes), size})) return 0;
    self->position += size;
    return size;
  }
  static ZPOS64_T PositionOfZip(voidpf, voidpf stream) { return static_cast<State*>(stream)->position; }
  static long SeekZip(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    auto* self = static_cast<State*>(stream);
    const std::uint64_t end = self->base + self->entry.size();
    const std::uint64_t target = origin == ZLIB_FILEFUNC_SEEK_SET   ? offset
                                 : origin == ZLIB_FILEFUNC_SEEK_CUR ? self->position + offset
                                                                    : end + offset;
    if (target < self->base || target > end) return -1;
    self->position = target;
    return 0;
  }
  static int CloseZip(voidpf, voidpf) { return 0; }
  static int ErrorOfZip(voidpf, voidpf) { return 0; }
};

PackageStream::PackageStream(const FileTree* tree, int threads) : state_(std::make_unique<State>()) {
  state_->tree = tree;
  state_->window.resize(static_cast<std::size_t>(threads * kBlocksPerThread));
  zlib_filefunc64_def functions = {State::OpenZip, State::ReadZip,  State::WriteZip,   State::PositionOfZip,
                                   State::SeekZip, State::CloseZip, State::ErrorOfZip, state_.get()};
  state_->zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->Work(); });
}

PackageStream::~PackageStream() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  if (!state_->closed) zipClose(state_->zip, nullptr);
}

std::ptrdiff_t PackageStream::Read(char* buffer, std::size_t size) {
  State& s = *state_;
  while (true) {
    if (s.entry_complete || s.closed) {
      const std::uint64_t before = s.entry.size();
      if (const std::size_t n = s.entry.Read(buffer, size)) return static_cast<std::ptrdiff_t>(n);
      s.base += before;
      s.entry_complete = false;
      if (s.closed) return 0;
    }
    if (s.file < s.tree->files.size()) {
      if (!s.WriteBlock()) return -1;
      continue;
    }
    s.closed = true;
    if (zipClose(s.zip, nullptr) == ZIP_OK) continue;
    s.error = {ErrorCode::kInternal, "cannot write the package's directory: no space", ""};
    return -1;
  }
}

const Error& PackageStream::error() const { return state_->error; }
std::uint64_t PackageStream::packed_bytes() const { return state_->packed; }
const std::vector<std::string>& PackageStream::grown() const { return state_->grown; }

int PackingThreads() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 16u)); }

std::uint64_t LargestPackageSize(const FileTree& tree) {
  // For each file: a local header (30) and a directory entry (46) with its name, stored deflate blocks (5
  // bytes in 65535) and the flush after each block. At the end: zip64's and the old end records (98).
  std::uint64_t size = 98;
  for (const PackedFile& file : tree.files)
    size += 76 + 2 * file.path.size() + file.size + file.size / kBlockBytes * 64 + file.size / 4096 + 64;
  return size;
}

Result<std::optional<std::uint64_t>> MeasurePackage(const FileTree& tree, int threads, std::uint64_t limit,
                                                    const shared::Interrupt& interrupt) {
  if (LargestPackageSize(tree) < limit) return std::optional<std::uint64_t>();
  PackageStream stream(&tree, threads);
  std::array<char, 64 * 1024> buffer;
  std::uint64_t size = 0;
  while (const std::ptrdiff_t n = stream.Read(buffer.data(), buffer.size())) {
    if (n < 0) return shared::Unexpected(stream.error());
    size += static_cast<std::uint64_t>(n);
    if (interrupt.raised()) return Fail(ErrorCode::kInterrupted, "interrupted while packing");
    if (size < limit) continue;
    std::string hint = "Its largest directories:";
    for (const DirectorySize& directory : LargestDirectories(tree, 5))
      hint += "\n  " + shared::FormatBytes(directory.size) + "  " + directory.path;
    return Fail(
        ErrorCode::kUsage,
        "cannot send " + shared::FormatBytes(tree.total_size) + " of files: as a zip they are over the " +
            shared::FormatBytes(limit) + " that Ray's dashboard takes",
        hint +
            "\nLeave out what the job does not need, by .rayignore or the runtime_env's `excludes`, or "
            "put the zip elsewhere and give its URI.");
  }
  return std::optional<std::uint64_t>(size);
}

}  // namespace kubectl_ray
