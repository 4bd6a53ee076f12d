#include "kubectl-ray/packages/package_stream.h"

#include <minizip/zip.h>
#include <zlib.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "kubectl-ray/packages/entry_buffer.h"
#include "kubectl-ray/packages/zip_block.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;

constexpr int kBlocksPerThread = 4;  // in flight
constexpr uLong kDosTime1980 = 0x00210000;
constexpr uLong kMadeByUnix = 3 << 8 | 20;
constexpr uLong kNamesAreUtf8 = 1 << 11;
constexpr uLong kUnixRegular = 0100000, kUnixDirectory = 0040000;

}  // namespace

struct PackageStream::State {
  const FileTree* tree;
  std::vector<std::thread> threads;

  // Shared with the threads.
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<ZipBlock> window;  // the blocks in flight, by number modulo its size
  std::size_t next_block = 0;    // the next one that a thread takes
  std::size_t next_wanted = 0;   // the next one that is written to the zip
  std::size_t next_file = 0;     // where the next piece comes from
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
  std::uint64_t limit = 0;  // of the zip's size
  bool over_limit = false;
  std::vector<std::string> grown;
  Error error;

  // Returns the next piece in the zip's order; an empty file has one of size zero. Called with the mutex
  // locked.
  bool TakePiece(std::size_t* number, ZipPiece* piece) {
    if (next_file >= tree->files.size()) return false;
    const PackedFile& source = tree->files[next_file];
    const std::uint64_t left = source.size - next_offset;
    *number = next_file;
    piece->offset = next_offset;
    piece->size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kZipBlockBytes));
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
    ZipDeflater deflater;
    std::string bytes;
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stop || next_block < next_wanted + window.size(); });
      std::size_t source = 0;
      ZipPiece piece;
      if (stop || !TakePiece(&source, &piece)) return;
      const std::size_t number = next_block++;
      lock.unlock();
      ZipBlock block = MakeZipBlock(&deflater, tree->files[source], piece, &bytes);
      lock.lock();
      window[number % window.size()] = std::move(block);
      changed.notify_all();
    }
  }

  ZipBlock Wait() {
    std::unique_lock lock(mutex);
    ZipBlock& slot = window[next_wanted % window.size()];
    changed.wait(lock, [&] { return slot.done; });
    ZipBlock block = std::exchange(slot, ZipBlock());
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

  bool OpenEntry(const ZipBlock& first) {
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
    const ZipBlock block = Wait();
    const PackedFile& source = tree->files[file];
    if (!block.failure.empty()) return FailFile(block.failure);
    if (!file_open && !OpenEntry(block)) return false;
    over_limit = position + block.data.size() >= limit;
    if (over_limit) return FailFile("the zip is too large");
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

PackageStream::PackageStream(const FileTree* tree, int threads, std::uint64_t limit)
    : state_(std::make_unique<State>()) {
  state_->tree = tree;
  state_->limit = limit;
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
bool PackageStream::over_limit() const { return state_->over_limit; }
std::uint64_t PackageStream::packed_bytes() const { return state_->packed; }
const std::vector<std::string>& PackageStream::grown() const { return state_->grown; }

int PackingThreads() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 16u)); }

}  // namespace kubectl_ray
