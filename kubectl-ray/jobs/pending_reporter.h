// Why a job has not begun, on the screen.
#pragma once

#include <chrono>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/ray/jobs_client.h"

namespace kubectl_ray {

// One line for a terminal: what Ray lacks (ray/pending.h) and which of the cluster's pods are not well, else
// Ray's own message. `cluster`: empty where it is not known. Blocks for a few requests; what fails is left
// out.
std::string ExplainPending(CommandContext& context, const JobsClient& client, const Job& job,
                           const std::string& cluster);

// Tells it on io.err once a job has been pending for a while, and again when it changes.
class PendingTeller {
 public:
  PendingTeller(CommandContext& context, const JobsClient& client, std::string cluster)
      : context_(context), client_(client), cluster_(std::move(cluster)) {}

  // To be called with each answer about the job; asks the cluster every few seconds only.
  void Tell(const Job& job);

 private:
  using Clock = std::chrono::steady_clock;

  CommandContext& context_;
  const JobsClient& client_;
  const std::string cluster_;
  Clock::time_point ask_at_ = Clock::now() + std::chrono::seconds(3);
  std::string told_;
};

}  // namespace kubectl_ray
