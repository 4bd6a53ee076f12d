// What becomes of a cluster while a job of it is followed, on the screen.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/cluster_fate.h"

namespace kubectl_ray {

// Asks the API server only where the job is asked about in vain, and once beforehand, for something to
// compare with. `cluster`: empty where it is not known; then nothing is asked and nothing told.
class ClusterFateTeller {
 public:
  ClusterFateTeller(CommandContext& context, std::string job, std::string cluster)
      : context_(context), job_(std::move(job)), cluster_(std::move(cluster)) {}

  // To be called with each answer about the job.
  void Answered();
  // To be called where answers come again.
  void Back();
  // To be called while none come: tells on io.err what is waited for, each thing once. An error, with the way
  // out: the cluster was deleted or suspended, and the job ended with it.
  shared::Status Silent();
  // Why the dashboard does not know the job any more, where the head has changed; else `error`.
  shared::Error NotThere(shared::Error error);

 private:
  std::optional<ClusterSight> Look();

  CommandContext& context_;
  const std::string job_;
  const std::string cluster_;
  std::optional<ClusterSight> before_;
  std::string told_;
  bool ended_ = false;
};

}  // namespace kubectl_ray
