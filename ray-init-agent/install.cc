#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "ray-init-agent/bash_env.h"
#include "ray-init-agent/command.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Status;

Status Refuse(const char* action, const std::string& path) {
  return Fail(ErrorCode::kInternal, std::string(action) + " \"" + path + "\": " + shared::ErrnoText(errno),
              "Mount a volume there that this user may write.");
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() { Close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

Status WriteAll(int fd, const char* data, std::size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Refuse("cannot write", path);
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return shared::Ok();
}

Status CopySelf(int to, const std::string& path) {
  const File from(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (from.fd() < 0) return Refuse("cannot read", "/proc/self/exe");
  std::array<char, 65536> buffer;
  ssize_t n = 0;
  while ((n = read(from.fd(), buffer.data(), buffer.size())) > 0)
    TRY(WriteAll(to, buffer.data(), static_cast<std::size_t>(n), path));
  return n == 0 ? shared::Ok() : Refuse("cannot read", "/proc/self/exe");
}

// Creates a file with a name that no other installation has, because pods may share the volume and each of
// them is process 1.
int CreateBeside(const std::string& path, mode_t mode, std::string* name) {
  while (true) {
    std::uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) return -1;
    *name = path + "." + std::to_string(random);
    const int fd = open(name->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
}

// Writes under another name first, so that the final name never belongs to a file that is half written, or
// open for writing, which could not be executed (ETXTBSY).
template <typename Write>
Status Replace(const std::string& path, mode_t mode, Write write) {
  std::string unfinished;
  File file(CreateBeside(path, mode, &unfinished));
  if (file.fd() < 0) return Refuse("cannot create", unfinished);
  Status written = write(file.fd(), unfinished);
  if (written && fchmod(file.fd(), mode) != 0) written = Refuse("cannot change the mode of", unfinished);
  file.Close();
  if (written && rename(unfinished.c_str(), path.c_str()) != 0) written = Refuse("cannot create", path);
  if (!written) unlink(unfinished.c_str());
  return written;
}

}  // namespace

shared::Result<int, Failure> InstallCommand(const CommandContext& context) {
  std::string directory = context.options.arguments[0];
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
    return FailWith(kExitInternal, Refuse("cannot create", directory).error());
  const std::string program = directory + "/ray-init-agent";
  Status installed = Replace(program, 0755, CopySelf);
  if (installed)
    installed = Replace(directory + "/bash_env", 0644, [](int fd, const std::string& path) {
      return WriteAll(fd, BashEnv().data(), BashEnv().size(), path);
    });
  if (!installed) return FailWith(kExitInternal, installed.error());
  return kExitOk;
}

}  // namespace ray_init_agent
