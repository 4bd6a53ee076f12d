#include "kubectl-ray/checks/gather_facts.h"

#include <algorithm>

#include "kubectl-ray/checks/asked_rights.h"
#include "kubectl-ray/checks/manifest.h"
#include "kubectl-ray/checks/probe_pods.h"
#include "kubectl-ray/checks/silent_stream.h"
#include "kubectl-ray/checks/stranger_pod.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/kinds/kinds.h"
#include "kubectl-ray/kinds/network_policies.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/operator_status.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::StringAt;

const Resource kAccessReviews{"authorization.k8s.io", "v1", "selfsubjectaccessreviews",
                              "SelfSubjectAccessReview"};
const Resource kQuotas{"", "v1", "resourcequotas", "ResourceQuota"};
const Resource kLimitRanges{"", "v1", "limitranges", "LimitRange"};

void AskRights(const KubeClient& kube, Facts* facts) {
  for (AskedRight& right : RightsToAsk()) {
    const std::size_t slash = right.resource.find('/');
    Json attributes = {{"namespace", facts->ns},
                       {"verb", right.verb},
                       {"group", right.group},
                       {"resource", right.resource.substr(0, slash)}};
    if (slash != std::string::npos) attributes["subresource"] = right.resource.substr(slash + 1);
    const auto review = kube.Create(kAccessReviews, "",
                                    {{"apiVersion", kAccessReviews.ApiVersion()},
                                     {"kind", kAccessReviews.kind},
                                     {"spec", {{"resourceAttributes", std::move(attributes)}}}});
    if (review)
      right.allowed = shared::BoolAt(*review, {"status", "allowed"});
    else
      right.allowed = shared::Unexpected(review.error());
    facts->rights.push_back(std::move(right));
    if (!review) return;
  }
}

Fact<Json> ServerVersion(const KubeClient& kube) {
  ASSIGN_OR_RETURN(const shared::HttpResponse response, kube.Send({}, "/version"));
  return shared::ParseJson(response.body);
}

void AskCluster(const KubeClient& kube, Facts* facts) {
  for (const Resource* resource : {&kRayClusters, &kRayJobs, &kRayServices})
    facts->served.emplace(resource->plural, kube.Serves(*resource));
  facts->server_version = ServerVersion(kube);
  facts->ns_object = kube.Get(kNamespaces, "", facts->ns);
  facts->installation = GatherOperator(kube, facts->ns);
  facts->quotas = kube.ListAll(kQuotas, facts->ns, {});
  facts->limit_ranges = kube.ListAll(kLimitRanges, facts->ns, {});
  facts->policies = kube.ListAll(kNetworkPolicies, facts->ns, {});
  facts->nodes = kube.ListAll(kNodes, "", {});
  facts->all_pods =
      kube.ListAll(kPods, "", {.field_selector = "status.phase!=Succeeded,status.phase!=Failed"});
}

// A pod of each group as the server would store it.
void AskAdmission(const KubeClient& kube, Facts* facts) {
  for (const PlannedPods& planned : facts->planned)
    facts->admitted.emplace(planned.group, kube.Create(kPods, facts->ns, planned.pod, {.dry_run = true}));
}

shared::Status FindWhatIsAskedAbout(const KubeClient& kube, const DoctorQuestion& question, Facts* facts) {
  if (!question.manifest.is_null()) {
    ASSIGN_OR_RETURN(facts->ray_cluster, RayClusterOfManifest(question.file, question.manifest));
    facts->cluster = StringAt(facts->ray_cluster, {"metadata", "name"});
    facts->manifest = question.manifest;
    return shared::Ok();
  }
  if (question.cluster.empty()) return shared::Ok();
  ASSIGN_OR_RETURN(Cluster cluster, FindCluster(kube, question.ns, question.cluster));
  facts->cluster = question.cluster;
  facts->backend = cluster.backend;
  facts->ray_cluster = std::move(cluster.ray_cluster);
  return shared::Ok();
}

}  // namespace

shared::Result<Facts> GatherFacts(const KubeClient& kube, const DoctorQuestion& question,
                                  const DashboardReader& read) {
  Facts facts{.ns = question.ns, .file = question.file};
  TRY(FindWhatIsAskedAbout(kube, question, &facts));
  AskRights(kube, &facts);
  AskCluster(kube, &facts);
  if (facts.ray_cluster.is_null()) return facts;
  facts.planned = PlanPods(facts.ray_cluster, facts.backend);
  AskAdmission(kube, &facts);
  if (!question.manifest.is_null()) {
    const Kind* kind = FindKind(StringAt(question.manifest, {"kind"}));
    facts.accepted = kube.Create(kind->resource, facts.ns, question.manifest, {.dry_run = true});
    return facts;
  }
  facts.cluster_pods = kube.ListAll(kPods, facts.ns, {.label_selector = RayPodSelector(facts.cluster, "")});
  facts.status = GatherStatus(kube, facts.ns, facts.cluster, read);
  if (question.in_pods) ProbePods(kube, &facts);
  if (question.stranger) ProbeForbiddenWay(kube, &facts);
  if (question.idle.count() > 0) ProbeSilence(kube, question.idle, &facts);
  if (const shared::Interrupt* interrupt = kube.access().http.interrupt;
      interrupt != nullptr && interrupt->raised())
    return shared::Fail(ErrorCode::kInterrupted, "interrupted before all was looked at");
  return facts;
}

}  // namespace kubectl_ray
