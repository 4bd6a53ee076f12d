#include "kubectl-ray/jobs/pending_reporter.h"

#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/jobs/gcs.h"
#include "kubectl-ray/kube/object_fields.h"
#include "kubectl-ray/pods/pod_health.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "kubectl-ray/ray/pending.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

constexpr std::chrono::seconds kAskAgain(5);
constexpr int kPodsShown = 3;

// The cluster's object and its pods, and what its GCS answers. Nothing: the cluster is not known, or may not
// be looked at.
std::optional<StatusInput> LookAround(CommandContext& context, const std::string& cluster) {
  const auto kube = context.Kube();
  const auto ns = context.Namespace();
  if (cluster.empty() || !kube || !ns) return std::nullopt;
  StatusInput around;
  auto pods = (*kube)->ListAll(
      kPods, *ns, {.label_selector = RayPodSelector(cluster, ""), .fields = WithoutManagedFields()});
  if (pods) around.pods = *std::move(pods);
  if (auto found = FindCluster(**kube, *ns, cluster)) {
    // A quota or admission refuses pods, so that there are none to look at.
    around.refused = RefusalOfPods(*found);
    around.ray_cluster = std::move(found->ray_cluster);
  }
  // If it does not answer, the dashboard's facts remain.
  if (const std::optional<HeadPod> head = HeadOf(around)) (void)!AskGcs(context, **kube, *head, &around);
  around.now = Now();
  return around;
}

// "pod "x" cannot be scheduled: ...; pod "y" ...; pods are refused: ..."
std::string PodsNotWell(const StatusInput& around) {
  std::string text;
  int count = 0;
  for (const Json& pod : around.pods) {
    const PodHealth health = HealthOf(pod);
    if (health.state != PodState::kPending && health.state != PodState::kFailing) continue;
    if (count++ < kPodsShown)
      text += (text.empty() ? "pod \"" : "; pod \"") + shared::StringAt(pod, {"metadata", "name"}) + "\" " +
              health.reason;
  }
  if (count > kPodsShown) text += "; and " + std::to_string(count - kPodsShown) + " pods more";
  return text + (text.empty() || around.refused.empty() ? "" : "; ") + around.refused;
}

// Why the autoscaler brings no node for it, as `autoscaler` has it; empty: there is none.
std::string WhyNoneComes(const StatusInput& around, const ResourceShape& needs) {
  if (!HasAutoscaler(around.ray_cluster)) return "";
  AutoscalerReport report = ReportOf(ScalingInputOf(around));
  report.demands = {{ReportedDemand::By::kTasks, {{needs}}}};
  const ScalingFacts facts{around.ray_cluster, around.pods, report, around.refused};
  return "; " + ExplainDemands(facts, ScalingGroups(facts)).front().why;
}

}  // namespace

std::string ExplainPending(CommandContext& context, const JobsClient& client, const Job& job,
                           const std::string& cluster) {
  std::optional<StatusInput> around = LookAround(context, cluster);
  const GcsStatus* gcs = around && around->gcs ? &*around->gcs : nullptr;
  const PendingFacts facts = AskPendingFacts(client, job.submission_id, gcs);
  std::string why = WhyPending(facts);
  const std::string pods = around ? PodsNotWell(*around) : "";
  if (!pods.empty()) {
    why += (why.empty() ? "" : "; ") + pods;
  } else if (around && !WhyNoNode(facts).empty()) {
    around->ray_status = facts.report;
    why += WhyNoneComes(*around, EntrypointNeeds(facts));
  }
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
