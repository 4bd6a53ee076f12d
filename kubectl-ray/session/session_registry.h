// The sessions in the background. Each has a file, which its process locks for as long as it runs.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shared/deadline.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct SessionRecord {
  std::string target;  // raycluster/demo
  std::string ns;
  std::string context;
  std::vector<std::string> ports;  // "Ray Dashboard: http://localhost:8265"
  std::string log;                 // the file that takes its messages
  pid_t pid = 0;                   // read from the lock, not from the file

  bool operator==(const SessionRecord&) const = default;
};

// Returns $XDG_STATE_HOME/kubectl-ray/sessions, or the same below ~/.local/state. kUsage if there is neither.
shared::Result<std::string> SessionDirectory(
    const std::function<std::optional<std::string>(const std::string&)>& environment);

// This process's own file, which is locked and which only its user can read. The destructor removes it and
// its log.
class SessionFile {
 public:
  static shared::Result<SessionFile> Create(const std::string& directory, const SessionRecord& record);
  ~SessionFile();
  SessionFile(SessionFile&& other) noexcept;
  SessionFile& operator=(SessionFile&&) = delete;

 private:
  SessionFile(std::string path, std::string log, int fd)
      : path_(std::move(path)), log_(std::move(log)), fd_(fd) {}
  std::string path_;
  std::string log_;
  int fd_;
};

// Returns the sessions that run. Removes files whose process is gone.
shared::Result<std::vector<SessionRecord>> ListSessions(const std::string& directory);

// Whether `words` mean this session: its process, the NAME of its target, or its TYPE/NAME in any of the ways
// that ParseTarget takes. A TYPE/NAME is never a session of another kind's object.
bool IsMeant(const SessionRecord& session, const std::string& words);

// Sends SIGTERM and waits until the session has ended; kTimeout if it does not.
shared::Status StopSession(const std::string& directory, const SessionRecord& record,
                           shared::Deadline deadline, const shared::Interrupt* interrupt);

}  // namespace kubectl_ray
