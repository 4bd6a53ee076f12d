// Finds the head's temp dir for a worker that was started before the head's node was registered.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ray-init-agent/gcs_client.h"
#include "ray-init-agent/running_child.h"
#include "ray-init-agent/stoppable_thread.h"
#include "shared/ray_release.h"

namespace ray_init_agent {

// Must outlive the RunChild() to which it is given.
class TempDirSearch {
 public:
  // `temp_dir` is an absolute path.
  using FoundHook = std::function<void(const std::string& temp_dir)>;

  TempDirSearch(GcsAddress gcs, GcsCredentials credentials, std::optional<shared::RayRelease> release);

  // Asks the GCS on a thread of its own (see HeadTempDir()) until it answers, Ray has ended or ten minutes
  // have passed; `found` then runs on the loop's thread, at most once. Does not block.
  void Begin(RunningChild* running, FoundHook found);

 private:
  std::optional<std::string> Search(const shared::Interrupt& interrupt) const;

  GcsAddress gcs_;
  GcsCredentials credentials_;
  std::optional<shared::RayRelease> release_;
  StoppableThread thread_;
};

}  // namespace ray_init_agent
