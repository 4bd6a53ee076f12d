#include "kubectl-ray/session/session_registry.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "kubectl-ray/kinds/target.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr std::size_t kMaxRecordBytes = 64 * 1024;

// POSIX locks say who holds them, and end with their process, even if its pid is used again later.
struct flock WholeFile(short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

// Returns the process that holds the file's lock, or 0.
pid_t Holder(int fd) {
  struct flock lock = WholeFile(F_WRLCK);
  if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return 0;
  return lock.l_pid;
}

std::string ToText(const SessionRecord& record) {
  return shared::DumpJson({{"target", record.target},
                           {"namespace", record.ns},
                           {"context", record.context},
                           {"ports", record.ports},
                           {"log", record.log}});
}

SessionRecord FromText(const std::string& text) {
  SessionRecord record;
  const auto json = shared::ParseJson(text);
  if (!json) return record;
  record.target = StringAt(*json, {"target"});
  record.ns = StringAt(*json, {"namespace"});
  record.context = StringAt(*json, {"context"});
  record.log = StringAt(*json, {"log"});
  if (const Json& ports = shared::At(*json, {"ports"}); ports.is_array())
    for (const Json& port : ports)
      if (port.is_string()) record.ports.push_back(port.get<std::string>());
  return record;
}

std::string ReadAll(int fd) {
  std::string text(kMaxRecordBytes, '\0');
  const ssize_t n = pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

}  // namespace

Result<std::string> SessionDirectory(
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
  const std::string state = environment("XDG_STATE_HOME").value_or("");
  if (state.starts_with('/')) return state + "/kubectl-ray/sessions";
  const std::string home = environment("HOME").value_or("");
  if (home.empty()) return Fail(ErrorCode::kUsage, "cannot keep sessions: HOME is not set");
  return home + "/.local/state/kubectl-ray/sessions";
}

Result<SessionFile> SessionFile::Create(const std::string& directory, const SessionRecord& record) {
  const std::string path = directory + "/" + std::to_string(getpid()) + ".json";
  auto fail = [&] {
    return Fail(ErrorCode::kInternal, "cannot write \"" + path + "\": " + shared::ErrnoText(errno));
  };
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail();
  SessionFile file(path, record.log, fd);
  struct flock lock = WholeFile(F_WRLCK);
  const std::string text = ToText(record);
  if (fcntl(fd, F_SETLK, &lock) != 0 ||
      write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail();
  return file;
}

SessionFile::SessionFile(SessionFile&& other) noexcept
    : path_(std::move(other.path_)), log_(std::move(other.log_)), fd_(std::exchange(other.fd_, -1)) {}

SessionFile::~SessionFile() {
  if (fd_ < 0) return;
  unlink(path_.c_str());
  unlink(log_.c_str());  // nobody needs the log of a session that ended well
  close(fd_);
}

Result<std::vector<SessionRecord>> ListSessions(const std::string& directory) {
  std::vector<SessionRecord> records;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != ".json") continue;
    const std::string path = it->path().string();
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) continue;
    SessionRecord record = FromText(ReadAll(fd));
    record.pid = Holder(fd);
    close(fd);
    if (record.pid == 0) unlink(path.c_str());
    if (record.pid > 0 && !record.target.empty()) records.push_back(std::move(record));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Fail(ErrorCode::kInternal,
                "cannot read \"" + directory + "\": " + shared::Uncapitalized(error.message()));
  std::sort(records.begin(), records.end(), [](const SessionRecord& a, const SessionRecord& b) {
    return std::tie(a.target, a.pid) < std::tie(b.target, b.pid);
  });
  return records;
}

bool IsMeant(const SessionRecord& session, const std::string& words) {
  if (words == std::to_string(session.pid) || session.target.ends_with("/" + words)) return true;
  const auto target = ParseTarget(words);
  return target && ToString(*target) == session.target;
}

shared::Status StopSession(const std::string& directory, const SessionRecord& record,
                           shared::Deadline deadline, const shared::Interrupt* interrupt) {
  if (kill(record.pid, SIGTERM) != 0 && errno != ESRCH)
    return Fail(ErrorCode::kInternal,
                "cannot stop the session of \"" + record.target + "\": " + shared::ErrnoText(errno));
  while (true) {
    ASSIGN_OR_RETURN(const auto running, ListSessions(directory));
    const bool ended = std::none_of(running.begin(), running.end(),
                                    [&](const SessionRecord& other) { return other.pid == record.pid; });
    if (ended) return shared::Ok();
    if (deadline.passed())
      return Fail(ErrorCode::kTimeout, "cannot stop the session of \"" + record.target +
                                           "\": it has not ended yet (process " + std::to_string(record.pid) +
                                           ")");
    pollfd fd = {interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0};
    poll(&fd, 1, 20);
    if (interrupt != nullptr && interrupt->raised()) return Fail(ErrorCode::kInterrupted, "interrupted");
  }
}

}  // namespace kubectl_ray
