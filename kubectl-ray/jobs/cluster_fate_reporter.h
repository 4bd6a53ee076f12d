// Reports on the screen what becomes of a cluster while a job of it is followed.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/jobs/cluster_fate.h"

namespace kubectl_ray {

// Asks the API server while the dashboard does not answer about the job, and once before that, to have
// something to compare with. An empty `cluster` is not known: then nothing is asked and nothing is printed.
class ClusterFateReporter {
 public:
  ClusterFateReporter(CommandContext& context, std::string job, std::string cluster)
      : context_(context), job_(std::move(job)), cluster_(std::move(cluster)) {}

  // Call it with each answer about the job.
  void OnAnswer();
  // Call it when answers come again.
  void OnBack();
  // Call it while no answers come. Prints on io.err what is waited for, each thing once. An error, with the
  // way out, says that the cluster was deleted or suspended and that the job ended with it.
  shared::Status OnSilence();
  // If the head was replaced or restarted, an error that says so: its dashboard does not know the job.
  // Otherwise `error`.
  shared::Error ExplainNotFound(shared::Error error);

 private:
  std::optional<ClusterSight> Look();

  CommandContext& context_;
  const std::string job_;
  const std::string cluster_;
  std::optional<ClusterSight> before_;
  std::string printed_;
  bool ended_ = false;
};

}  // namespace kubectl_ray
