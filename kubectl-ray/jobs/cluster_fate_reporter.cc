#include "kubectl-ray/jobs/cluster_fate_reporter.h"

#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;

std::optional<ClusterSight> ClusterFateReporter::Look() {
  const auto kube = context_.Kube();
  const auto ns = context_.Namespace();
  if (cluster_.empty() || !kube || !ns) return std::nullopt;
  return LookAtCluster(**kube, *ns, cluster_);
}

void ClusterFateReporter::OnAnswer() {
  if (!before_) before_ = Look().value_or(ClusterSight{});
}

void ClusterFateReporter::OnBack() {
  before_.reset();
  printed_.clear();
}

shared::Status ClusterFateReporter::OnSilence() {
  const auto now = Look();
  if (!now) return shared::Ok();
  const auto waited_for = WhatIsWaitedFor(cluster_, before_.value_or(ClusterSight{}), *now);
  if (!waited_for) {
    ended_ = true;
    const std::string name = cluster_ + " -n " + context_.Namespace().value_or("default");
    return Fail(waited_for.error().code,
                "cannot follow job \"" + job_ + "\" any longer: " + waited_for.error().message,
                waited_for.error().code == ErrorCode::kConflict
                    ? "The job ended with its pods. `kubectl ray resume " + name +
                          "` starts the cluster again; submit the job again then."
                    : "The job ended with it. `kubectl ray get cluster` shows the clusters there are.");
  }
  if (!waited_for->empty() && std::exchange(printed_, *waited_for) != *waited_for)
    context_.io.err << "Waiting for Ray cluster " << cluster_ << ": " << shared::EscapeControl(*waited_for)
                    << std::endl;
  return shared::Ok();
}

shared::Error ClusterFateReporter::ExplainNotFound(shared::Error error) {
  if (ended_ || !before_) return error;
  const auto now = Look();
  if (!now) return error;
  const std::string change = HowHeadChanged(*before_, *now);
  if (change.empty()) return error;
  return {
      ErrorCode::kNotFound, "cannot follow job \"" + job_ + "\" any longer: " + change,
      "Ray's new head knows no jobs of the one before it, unless the cluster keeps its GCS's state in Redis. "
      "Submit the job again."};
}

}  // namespace kubectl_ray
