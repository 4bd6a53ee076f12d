// Sessions in the background: one file each, locked by its process for as long as that runs.
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
  pid_t pid = 0;                   // as the lock tells it; not written

  bool operator==(const SessionRecord&) const = default;
};

// $XDG_STATE_HOME/kubectl-ray/sessions, or below ~/.local/state. kUsage where there is neither.
shared::Result<std::string> SessionDirectory(
    const std::function<std::optional<std::string>(const std::string&)>& environment);

// This process's own file: locked and readable by its user alone; removed with the object, and its log too.
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

// Those that run. Files whose process is gone are removed.
shared::Result<std::vector<SessionRecord>> ListSessions(const std::string& directory);

// Whether `words` mean this session: its process, the NAME of its target, or its TYPE/NAME in any of the ways
// that ParseTarget takes. A TYPE/NAME is never a session of another kind's object.
bool IsMeant(const SessionRecord& session, const std::string& words);

// SIGTERM, and waits until it has ended: kTimeout where it does not.
shared::Status StopSession(const std::string& directory, const SessionRecord& record,
                           shared::Deadline deadline, const shared::Interrupt* interrupt);

}  // namespace kubectl_ray
