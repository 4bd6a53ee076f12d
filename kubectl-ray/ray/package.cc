#include "kubectl-ray/ray/package.h"

#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "kubectl-ray/ray/package_stream.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::Unexpected;

using Digest = std::array<unsigned char, 32>;

class Sha256 {
 public:
  Sha256() {
    mbedtls_sha256_init(&context_);
    mbedtls_sha256_starts(&context_, 0);
  }
  ~Sha256() { mbedtls_sha256_free(&context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(std::string_view bytes) {
    mbedtls_sha256_update(&context_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  Digest Finish() {
    Digest digest = {};
    mbedtls_sha256_finish(&context_, digest.data());
    return digest;
  }

 private:
  mbedtls_sha256_context context_;
};

std::string Hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : digest) hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  return hex;
}

Result<Digest> HashFile(const std::string& path, std::vector<char>* buffer) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(errno));
  Sha256 hash;
  ssize_t n = 0;
  while ((n = read(fd, buffer->data(), buffer->size())) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    hash.Add({buffer->data(), static_cast<std::size_t>(n)});
  }
  const int error = errno;
  close(fd);
  if (n < 0) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + shared::ErrnoText(error));
  return hash.Finish();
}

// Hashes all files of a tree side by side; the first failure ends it.
class TreeHasher {
 public:
  TreeHasher(const FileTree& tree, const shared::Interrupt& interrupt)
      : tree_(tree), interrupt_(interrupt), digests_(tree.files.size()) {}

  Result<std::vector<Digest>> Run(int threads) {
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
      if (tree_.files[i].is_directory) continue;
      Result<Digest> digest = HashFile(tree_.files[i].source, &buffer);
      if (digest) {
        digests_[i] = *digest;
      } else {
        std::lock_guard lock(mutex_);
        if (!failed_) error_ = digest.error();
        failed_ = true;
      }
    }
  }

  const FileTree& tree_;
  const shared::Interrupt& interrupt_;
  std::vector<Digest> digests_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  Error error_;
};

// Looks for the package, sends it where it is not there, and tries again where the connection broke.
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

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

}  // namespace

Result<std::string> NameOfTree(const FileTree& tree, int threads, const shared::Interrupt& interrupt) {
  ASSIGN_OR_RETURN(const std::vector<Digest> digests, TreeHasher(tree, interrupt).Run(threads));
  Sha256 hash;
  hash.Add("kubectl-ray package 1\n");  // another way of packing has other names
  for (std::size_t i = 0; i < tree.files.size(); ++i) {
    const PackedFile& file = tree.files[i];
    hash.Add(file.path);
    hash.Add(std::string_view("\0", 1));
    hash.Add(std::to_string(file.mode & 0777) + " " + std::to_string(file.size) + "\n");
    hash.Add({reinterpret_cast<const char*>(digests[i].data()), digests[i].size()});
  }
  return "_ray_pkg_" + Hex(hash.Finish()) + ".zip";
}

Result<bool> UploadTree(const JobsClient& client, const FileTree& tree, const std::string& name,
                        shared::Deadline deadline, const shared::Interrupt& interrupt,
                        const std::function<void(const UploadProgress&)>& on_progress) {
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
    return failed ? Status(Unexpected(stream.error())) : sent;
  });
}

Result<std::string> NameOfZip(const std::string& path) {
  std::vector<char> buffer(128 << 10);
  ASSIGN_OR_RETURN(const Digest digest, HashFile(path, &buffer));
  return "_ray_pkg_" + Hex(digest) + ".zip";
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
    UploadBody body;
    body.size = static_cast<std::int64_t>(size);
    std::uint64_t done = 0;
    body.read = [&](char* buffer, std::size_t n) -> std::ptrdiff_t {
      const std::size_t got = std::fread(buffer, 1, n, file.get());
      done += got;
      on_progress({done, size});
      return std::ferror(file.get()) != 0 ? -1 : static_cast<std::ptrdiff_t>(got);
    };
    return client.UploadPackage(name, std::move(body));
  });
}

}  // namespace kubectl_ray
