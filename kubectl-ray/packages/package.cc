#include "kubectl-ray/packages/package.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "kubectl-ray/packages/content_hash.h"
#include "kubectl-ray/packages/package_size.h"
#include "kubectl-ray/packages/package_stream.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::Unexpected;

std::string Hex(const ContentDigest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : digest) hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  return hex;
}

// The first bytes of a file as they were read.
struct Snapshot {
  ContentDigest digest = {};
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

Result<Snapshot> ReadSnapshot(const std::string& path, std::uint64_t limit, std::vector<char>* buffer) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(errno));
  ContentHash hash;
  Snapshot snapshot;
  ssize_t n = 0;
  while (snapshot.size < limit) {
    n = read(fd, buffer->data(),
             static_cast<std::size_t>(std::min<std::uint64_t>(buffer->size(), limit - snapshot.size)));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    hash.Add({buffer->data(), static_cast<std::size_t>(n)});
    snapshot.crc = static_cast<std::uint32_t>(
        crc32(snapshot.crc, reinterpret_cast<const Bytef*>(buffer->data()), static_cast<uInt>(n)));
    snapshot.size += static_cast<std::uint64_t>(n);
  }
  const int error = errno;
  close(fd);
  if (n < 0) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(error));
  snapshot.digest = hash.Finish();
  return snapshot;
}

// Hashes the files of a tree on several threads; the first failure ends it.
class TreeHasher {
 public:
  TreeHasher(FileTree* tree, const shared::Interrupt& interrupt)
      : tree_(*tree), interrupt_(interrupt), digests_(tree->files.size()) {}

  Result<std::vector<ContentDigest>> Run(int threads) {
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back([this] { Work(); });
    for (std::thread& worker : workers) worker.join();
    if (interrupt_.raised())
      return Fail(ErrorCode::kInterrupted, "interrupted while reading the files to send");
    if (failed_) return Unexpected(error_);
    return std::move(digests_);
  }

 private:
  void Work() {
    std::vector<char> buffer(128 << 10);
    while (!failed_ && !interrupt_.raised()) {
      const std::size_t i = next_++;
      if (i >= tree_.files.size()) return;
      PackedFile& file = tree_.files[i];
      if (file.is_directory) continue;
      const Result<Snapshot> snapshot = ReadSnapshot(file.source, file.size, &buffer);
      if (snapshot) {
        digests_[i] = snapshot->digest;
        file.size = snapshot->size;
        file.crc = snapshot->crc;
      } else {
        std::lock_guard lock(mutex_);
        if (!failed_) error_ = snapshot.error();
        failed_ = true;
      }
    }
  }

  FileTree& tree_;
  const shared::Interrupt& interrupt_;
  std::vector<ContentDigest> digests_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  Error error_;
};

// Looks for the package, sends it if it is not there, and tries again if the connection broke.
Result<bool> UploadUntilThere(const JobsClient& client, const std::string& name, shared::Deadline deadline,
                              const shared::Interrupt& interrupt, const std::function<Status()>& send) {
  std::chrono::milliseconds pause(250);
  while (true) {
    Result<bool> exists = client.PackageExists(name);
    if (exists && *exists) return false;
    Error error;
    if (exists) {
      Status sent = send();
      if (sent) return true;
      error = std::move(sent).error();
    } else {
      error = exists.error();
    }
    const bool may_pass = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
    if (!may_pass || deadline.passed()) return Unexpected(error);
    if (interrupt.WaitFor(std::min(pause, deadline.Remaining())))
      return Fail(ErrorCode::kInterrupted, "interrupted while uploading the working directory");
    pause = std::min(pause * 2, std::chrono::milliseconds(5000));
  }
}

// A name that has no hash (a wheel keeps its own) says nothing about the content.
std::string NameOfContents(const ContentDigest& digest, std::string_view ending) {
  return "_ray_pkg_" + Hex(digest) + std::string(ending);
}

// Reads a file of `size` bytes for UploadPackage. With `name`, the contents must have the hash in that name;
// if they do not, the last byte is not passed on.
class ArchiveReader {
 public:
  ArchiveReader(std::FILE* file, std::uint64_t size, std::string name)
      : file_(file), size_(size), name_(std::move(name)) {}

  std::ptrdiff_t Read(char* buffer, std::size_t room) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, size_ - done_));
    const std::size_t got = std::fread(buffer, 1, wanted, file_);
    hash_.Add({buffer, got});
    done_ += got;
    changed_ = got < wanted || (got > 0 && done_ == size_ && !name_.empty() &&
                                name_ != NameOfContents(hash_.Finish(), ArchiveEnding(name_)));
    return changed_ ? -1 : static_cast<std::ptrdiff_t>(got);
  }

  std::uint64_t done() const { return done_; }
  bool changed() const { return changed_; }

 private:
  std::FILE* file_;
  const std::uint64_t size_;
  const std::string name_;
  ContentHash hash_;
  std::uint64_t done_ = 0;
  bool changed_ = false;
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

}  // namespace

Result<std::string> NameOfTree(FileTree* tree, int threads, const shared::Interrupt& interrupt) {
  ASSIGN_OR_RETURN(const std::vector<ContentDigest> digests, TreeHasher(tree, interrupt).Run(threads));
  ContentHash hash;
  hash.Add("kubectl-ray package 1\n");  // so that another way of packing has other names
  tree->total_size = 0;
  for (std::size_t i = 0; i < tree->files.size(); ++i) {
    const PackedFile& file = tree->files[i];
    tree->total_size += file.size;
    hash.Add(file.path);
    hash.Add(std::string_view("\0", 1));
    hash.Add(std::to_string(file.mode & 0777) + " " + std::to_string(file.size) + "\n");
    hash.Add({reinterpret_cast<const char*>(digests[i].data()), digests[i].size()});
  }
  return NameOfContents(hash.Finish(), ".zip");
}

Result<bool> UploadTree(const JobsClient& client, const FileTree& tree, const std::string& name,
                        shared::Deadline deadline, const shared::Interrupt& interrupt,
                        const std::function<void(const UploadProgress&)>& on_progress,
                        const std::function<void(const std::string& path)>& on_grown) {
  std::optional<std::uint64_t> size;
  bool measured = false;
  const int threads = PackingThreads();
  return UploadUntilThere(client, name, deadline, interrupt, [&]() -> Status {
    if (!measured) {
      ASSIGN_OR_RETURN(size, MeasurePackage(tree, threads, kMaxPackageBytes, interrupt));
      measured = true;
    }
    PackageStream stream(&tree, threads);
    bool failed = false;
    UploadBody body;
    body.read = [&](char* buffer, std::size_t n) -> std::ptrdiff_t {
      const std::ptrdiff_t got = stream.Read(buffer, n);
      failed = got < 0;
      on_progress({stream.packed_bytes(), tree.total_size});
      return got;
    };
    if (size) body.size = static_cast<std::int64_t>(*size);
    Status sent = client.UploadPackage(name, std::move(body));
    if (failed) return Unexpected(stream.error());
    if (sent)
      for (const std::string& path : stream.grown()) on_grown(path);
    return sent;
  });
}

std::string_view ArchiveEnding(std::string_view path) {
  for (const std::string_view ending : {".zip", ".tar.gz", ".tar.xz"})
    if (path.ends_with(ending)) return ending;
  return path.ends_with(".tgz") ? ".tar.gz" : "";
}

Result<std::string> NameOfArchive(const std::string& path) {
  std::vector<char> buffer(128 << 10);
  ASSIGN_OR_RETURN(const Snapshot snapshot,
                   ReadSnapshot(path, std::numeric_limits<std::uint64_t>::max(), &buffer));
  return NameOfContents(snapshot.digest, ArchiveEnding(path));
}

Result<bool> UploadFile(const JobsClient& client, const std::string& path, const std::string& name,
                        shared::Deadline deadline, const shared::Interrupt& interrupt,
                        const std::function<void(const UploadProgress&)>& on_progress) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return Fail(ErrorCode::kUsage, "cannot send \"" + path + "\": it is not a readable file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size >= kMaxPackageBytes)
    return Fail(ErrorCode::kUsage,
                "cannot send \"" + path + "\": its " + shared::FormatBytes(size) + " are over the " +
                    shared::FormatBytes(kMaxPackageBytes) + " that Ray's dashboard takes",
                "Put it elsewhere and give its URI.");
  return UploadUntilThere(client, name, deadline, interrupt, [&]() -> Status {
    const File file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr)
      return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(errno));
    ArchiveReader reader(file.get(), size, ArchiveEnding(name).empty() ? "" : name);
    UploadBody body;
    body.size = static_cast<std::int64_t>(size);
    body.read = [&](char* buffer, std::size_t n) -> std::ptrdiff_t {
      const std::ptrdiff_t got = reader.Read(buffer, n);
      on_progress({reader.done(), size});
      return got;
    };
    Status sent = client.UploadPackage(name, std::move(body));
    if (!reader.changed()) return sent;
    return Fail(ErrorCode::kUsage, "cannot send \"" + path + "\": it was rewritten or shortened meanwhile",
                "Submit again once nothing writes to it.");
  });
}

}  // namespace kubectl_ray
