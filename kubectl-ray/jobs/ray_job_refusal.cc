#include "kubectl-ray/jobs/ray_job_refusal.h"

#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::StringAt;

std::string TakeItAway(const std::string& ns, const std::string& name) {
  return "Take the RayJob away first: kubectl ray delete rayjob/" + name + " -n " + ns;
}

RayJobRefusal OfCluster(const KubeClient& kube, const std::string& ns, const std::string& name,
                        const std::string& cluster) {
  const auto ray_cluster = kube.Get(kRayClusters, ns, cluster);
  RayJobRefusal refusal;
  if (ray_cluster) refusal.why = WhyPodsAreRefused(*ray_cluster);
  if (refusal.why.empty()) return refusal;
  refusal.lasts = IsLastingRefusal(refusal.why);
  refusal.what = "cluster \"" + cluster + "\" of RayJob \"" + name + "\" cannot become ready";
  const std::string way_out = WayOutOfRefusal(refusal.why);
  refusal.way_out = way_out + (way_out.empty() ? "" : " ") + TakeItAway(ns, name);
  return refusal;
}

// The pods of the RayJob's cluster stay until its job is over, unless its autoscaler removes some.
QuotaUsage UsageOf(const KubeClient& kube, const std::string& ns, const Json& ray_job,
                   const std::string& cluster) {
  QuotaUsage usage;
  if (shared::BoolAt(ray_job, {"spec", "rayClusterSpec", "enableInTreeAutoscaling"})) return usage;
  const auto pods = kube.ListAll(kPods, ns, {.label_selector = RayPodSelector(cluster, "")});
  if (pods)
    for (const Json& pod : *pods) AddQuotaUsage(pod, &usage);
  return usage;
}

RayJobRefusal OfSubmitter(const KubeClient& kube, const std::string& ns, const Json& ray_job,
                          const std::string& name, const std::string& cluster) {
  const auto events =
      kube.ListAll(kEvents, ns, {.field_selector = "involvedObject.kind=Job,involvedObject.name=" + name});
  RayJobRefusal refusal;
  if (events) refusal.why = WhyPodsAreNotMade(*events, StringAt(ray_job, {"metadata", "creationTimestamp"}));
  if (refusal.why.empty()) return refusal;
  refusal.lasts =
      IsLastingRefusal(refusal.why) || IsLastingRefusal(refusal.why, UsageOf(kube, ns, ray_job, cluster));
  refusal.what = "RayJob \"" + name + "\" cannot submit its job";
  refusal.way_out =
      "Change the pod that submits it by spec.submitterPodTemplate, or submit it without one by "
      "`spec.submissionMode: HTTPMode`. " +
      TakeItAway(ns, name);
  return refusal;
}

}  // namespace

shared::Status RayJobRefusal::Check() const {
  if (!lasts) return shared::Ok();
  return Fail(ErrorCode::kConflict, what + ": " + why, way_out);
}

RayJobRefusal WhyRayJobIsRefused(const KubeClient& kube, const std::string& ns, const Json& ray_job) {
  const RayJobState state = ReadRayJobState(ray_job);
  const std::string name = StringAt(ray_job, {"metadata", "name"});
  if (state.over || state.cluster.empty()) return {};
  const bool initializes = state.deployment_status.empty() || state.deployment_status == "Initializing" ||
                           state.deployment_status == "Waiting";
  if (initializes) return OfCluster(kube, ns, name, state.cluster);
  if (StringAt(ray_job, {"spec", "submissionMode"}, "K8sJobMode") != "K8sJobMode") return {};
  return OfSubmitter(kube, ns, ray_job, name, state.cluster);
}

}  // namespace kubectl_ray
