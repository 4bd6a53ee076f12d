#include "kubectl-ray/launcher/send_files.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <thread>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/launcher/file_archive.h"
#include "kubectl-ray/launcher/pod_python.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;

constexpr std::size_t kMostSaid = 1000;
constexpr std::uint64_t kShownEvery = 1u << 20;

// The size comes along because not every API server passes the end of stdin on. A file that is not whole is
// removed: the stream ends within it if this side is gone.
constexpr const char* kReceive = R"py(
import os, shutil, sys, tarfile
kind, target, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
class Input:
    def read(self, wanted):
        global left
        piece = sys.stdin.buffer.read(min(wanted, left))
        left -= len(piece)
        return piece
target = os.path.join(os.path.expanduser('~'), os.path.expanduser(target))
into = kind == 'directory' or target.endswith('/') or os.path.isdir(target)
folder, name = (target, '') if into else os.path.split(target)
path = part = folder
try:
    os.makedirs(folder, exist_ok=True)
    with tarfile.open(fileobj=Input(), mode='r|') as archive:
        for entry in archive:
            path = os.path.join(folder, name or entry.name)
            if entry.isdir():
                os.makedirs(path, entry.mode | 0o700, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            part = os.path.join(os.path.dirname(path), f'.kubectl-ray-{os.getpid()}.part')
            try:
                with open(part, 'wb') as out:
                    shutil.copyfileobj(archive.extractfile(entry), out, 1 << 20)
                if os.path.getsize(part) != entry.size:
                    sys.exit(f'{path}: it came in part')
                os.chmod(part, entry.mode)
                os.replace(part, path)
            except BaseException:
                if os.path.exists(part):
                    os.unlink(part)
                raise
except (OSError, tarfile.TarError) as error:
    sys.exit(f'{path}: {getattr(error, "strerror", None) or error}')
)py";

// Writes a tar into a pipe, in a thread of its own.
class TarPipe {
 public:
  TarPipe(const FileTree& tree, const std::string& pod, Streams& io) : tree_(tree), pod_(pod), io_(io) {
    if (pipe(fds_) != 0) {
      fds_[0] = fds_[1] = -1;
      return;
    }
    thread_ = std::thread([this] { Write(); });
  }
  ~TarPipe() { Join(); }
  TarPipe(const TarPipe&) = delete;
  TarPipe& operator=(const TarPipe&) = delete;

  int fd() const { return fds_[0]; }
  // At the end of the pipe: whether the tar came to its own.
  bool IsWhole() const { return is_whole_; }
  // Ends the writing, wherever it is.
  void Join() {
    if (fds_[0] >= 0) close(fds_[0]);
    fds_[0] = -1;
    if (thread_.joinable()) thread_.join();
  }
  // After Join(): why a file could not be read.
  const std::optional<shared::Error>& error() const { return error_; }

 private:
  void Write() {
    std::optional<Progress> progress;
    if (io_.err_is_terminal) progress.emplace(io_);
    const std::string total = shared::FormatBytes(TarSize(tree_));
    std::uint64_t written = 0;
    const auto taken = WriteTar(tree_, [&](std::string_view bytes) {
      if (progress && written / kShownEvery != (written + bytes.size()) / kShownEvery)
        progress->Show(shared::FormatBytes(written) + " of " + total + " to " + pod_);
      written += bytes.size();
      return WriteAll(bytes);
    });
    if (!taken) error_ = taken.error();
    is_whole_ = taken.value_or(false);
    close(fds_[1]);
  }

  bool WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = write(fds_[1], bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  const FileTree& tree_;
  const std::string pod_;
  Streams& io_;
  int fds_[2] = {-1, -1};
  std::atomic<bool> is_whole_{false};
  std::optional<shared::Error> error_;
  std::thread thread_;
};

// The directory's own name with a slash, or nothing if its contents are meant.
std::string PrefixOf(const std::filesystem::path& directory) {
  const std::string name = directory.filename().string();
  return name.empty() || name == "." || name == ".." ? "" : name + "/";
}

}  // namespace

std::vector<std::string> ReceiveCommand(bool directory, const std::string& target, std::uint64_t bytes) {
  return PythonCommand(kReceive, {directory ? "directory" : "file", target, std::to_string(bytes)});
}

Result<LocalFiles> ReadSource(const std::string& source, const LauncherFile* launcher) {
  const std::filesystem::path path(source);
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return Fail(ErrorCode::kUsage, "cannot send \"" + source + "\": " +
                                       (error ? shared::Uncapitalized(error.message())
                                              : std::string("there is no such file or directory")));
  auto files = ReadLocalFiles(source, path.filename().string(), PrefixOf(path), launcher);
  if (files) return files;
  return Fail(files.error().code, "cannot send \"" + source + "\": " + files.error().message,
              "Mend it, or leave it out: a line in .rayignore, or rsync_exclude in the cluster's file.");
}

Status SendFiles(const KubeClient& kube, const RayPod& pod, const LocalFiles& files,
                 const std::string& target, Streams& io) {
  TarPipe tar(files.tree, pod.name, io);
  if (tar.fd() < 0) return Fail(ErrorCode::kInternal, "cannot make a pipe: " + shared::ErrnoText(errno));
  ExecRequest request{pod.ns, pod.name, pod.container,
                      ReceiveCommand(files.directory, target, TarSize(files.tree))};
  request.with_stdin = true;
  std::string said;
  ExecIo exec_io{.input_fd = tar.fd()};
  exec_io.on_input_end = [&] { return tar.IsWhole(); };
  exec_io.on_stderr = [&](std::string_view piece) {
    shared::AppendUpTo(&said, piece, kMostSaid);
    return true;
  };
  const auto code = RunExec(kube, request, exec_io);
  tar.Join();
  if (tar.error()) return shared::Unexpected(*tar.error());
  if (!code) return shared::Unexpected(code.error());
  if (*code != 0)
    return Fail(ErrorCode::kUnavailable, "cannot write \"" + target + "\" in pod \"" + pod.name +
                                             "\": " + shared::EscapeControl(shared::Trim(said)));
  return shared::Ok();
}

}  // namespace kubectl_ray
