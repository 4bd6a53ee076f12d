#include "kubectl-ray/jobs/pending_reporter.h"

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/ray/pending.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::chrono::seconds kAskAgain(5);
constexpr int kPodsShown = 3;

// A quota or admission refuses them, so that there are none to look at.
std::string PodsNotMade(const KubeClient& kube, const std::string& ns, const std::string& cluster) {
  const auto found = FindCluster(kube, ns, cluster);
  return found ? RefusalOfPods(*found) : "";
}

// "pod "x" cannot be scheduled: ...; pod "y" ...; pods are refused: ..."
std::string PodsNotWell(CommandContext& context, const std::string& cluster) {
  const auto kube = context.Kube();
  const auto ns = context.Namespace();
  if (cluster.empty() || !kube || !ns) return "";
  std::string text;
  int count = 0;
  const auto listed =
      (*kube)->List(kPods, *ns, {.label_selector = RayPodSelector(cluster, "")}, [&](const Json& pod) {
        const PodHealth health = HealthOf(pod);
        if (health.state != PodState::kPending && health.state != PodState::kFailing) return true;
        if (count++ < kPodsShown)
          text += (text.empty() ? "pod \"" : "; pod \"") + shared::StringAt(pod, {"metadata", "name"}) +
                  "\" " + health.reason;
        return true;
      });
  if (!listed) text.clear();
  if (listed && count > kPodsShown) text += "; and " + std::to_string(count - kPodsShown) + " pods more";
  const std::string refused = PodsNotMade(**kube, *ns, cluster);
  return text + (text.empty() || refused.empty() ? "" : "; ") + refused;
}

}  // namespace

std::string ExplainPending(CommandContext& context, const JobsClient& client, const Job& job,
                           const std::string& cluster) {
  std::string why = WhyPending(AskPendingFacts(client, job.submission_id));
  const std::string pods = PodsNotWell(context, cluster);
  if (!pods.empty()) why += (why.empty() ? "" : "; ") + pods;
  return shared::EscapeControl(why.empty() ? job.message : why);
}

void PendingReporter::OnJob(const Job& job) {
  if (job.status != JobStatus::kPending || Clock::now() < ask_at_) return;
  const std::string why = ExplainPending(context_, client_, job, cluster_);
  ask_at_ = Clock::now() + kAskAgain;
  if (why == std::exchange(printed_, why)) return;
  context_.io.err << "Waiting for job '" << job.submission_id << "': " << why << std::endl;
}

}  // namespace kubectl_ray
