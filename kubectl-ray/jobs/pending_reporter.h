// Why a job has not begun, on the screen.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/ray/jobs_client.h"

namespace kubectl_ray {

// One line for a terminal: what Ray lacks (ray/pending.h), and which of the cluster's pods are not well or
// why the autoscaler brings no other, else Ray's own message. An empty `cluster` is not known. Blocks for a
// few requests; the answer of one that fails is left out.
std::string ExplainPending(CommandContext& context, const JobsClient& client, const Job& job,
                           const std::string& cluster);

// Prints that line on io.err once a job has been pending for a while, and again when it changes.
class PendingReporter {
 public:
  PendingReporter(CommandContext& context, const JobsClient& client, std::string cluster)
      : context_(context), client_(client), cluster_(std::move(cluster)) {}

  // Call it with each answer about the job; it asks the cluster every few seconds only.
  void OnJob(const Job& job);

 private:
  using Clock = std::chrono::steady_clock;

  CommandContext& context_;
  const JobsClient& client_;
  const std::string cluster_;
  Clock::time_point ask_at_ = Clock::now() + std::chrono::seconds(3);
  std::string printed_;
};

}  // namespace kubectl_ray
