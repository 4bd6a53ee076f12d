#include "kubectl-ray/jobs/ask_ray.h"

#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/jobs/gcs.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

constexpr std::chrono::seconds kPatience(60);

}  // namespace

shared::Status AskRay(CommandContext& context, const KubeClient& kube, const std::string& name, RayPart part,
                      StatusInput* input) {
  if (const std::optional<HeadPod> head = HeadOf(*input)) {
    shared::Status gcs = AskGcs(context, kube, *head, input);
    if (gcs) {
      if (part == RayPart::kScaling) return shared::Ok();
    } else if (gcs.error().code == ErrorCode::kInterrupted) {
      return gcs;
    } else if (gcs.error().code == ErrorCode::kAuth) {
      // The way to the dashboard needs the same right, and the dashboard the same token.
      input->ray_failure = std::move(gcs).error().message;
      return shared::Ok();
    } else {
      input->gcs_failure = std::move(gcs).error().message;
    }
  }
  const DashboardReader read = ReaderOf(context, name);
  AddRaysAnswers(kube, read, input);
  // Only for the age: v2 has nothing there, and the report is whole without it.
  if (part == RayPart::kScaling && input->ray_failure.empty())
    if (const auto state = read("/api/cluster_status", kPatience))
      input->v1_state = shared::At(*state, {"data", "clusterStatus"});
  return shared::Ok();
}

}  // namespace kubectl_ray
