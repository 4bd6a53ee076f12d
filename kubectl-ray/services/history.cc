#include "kubectl-ray/services/history.h"

#include <algorithm>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/content_name.h"
#include "kubectl-ray/manifests/deployments.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::Status;
using shared::StringAt;

Json ServedSpec(const Json& service) {
  Json spec = At(service, {"spec"});
  if (spec.is_object()) spec.erase("suspend");
  return spec;
}

std::string NamespaceOf(const Json& service) { return StringAt(service, {"metadata", "namespace"}); }

const Json* GroupNamed(const Json& groups, const std::string& name) {
  if (!groups.is_array()) return nullptr;
  for (const Json& group : groups)
    if (StringAt(group, {"groupName"}) == name) return &group;
  return nullptr;
}

}  // namespace

std::vector<ServiceRevision> ReadRevisions(const std::vector<Json>& objects) {
  std::vector<ServiceRevision> revisions;
  for (const Json& object : objects)
    if (const Json& spec = At(object, {"data", "spec"}); spec.is_object())
      revisions.push_back({shared::IntAt(object, {"revision"}), StringAt(object, {"metadata", "name"}),
                           StringAt(object, {"metadata", "creationTimestamp"}), spec});
  std::stable_sort(revisions.begin(), revisions.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  return revisions;
}

Json RevisionFor(const Json& service, std::int64_t number) {
  const Json spec = ServedSpec(service);
  const std::string uid = StringAt(service, {"metadata", "uid"});
  const std::string name =
      ContentName(StringAt(service, {"metadata", "name"}), uid + "\n" + shared::DumpJson(spec));
  return {{"apiVersion", kControllerRevisions.ApiVersion()},
          {"kind", kControllerRevisions.kind},
          {"metadata",
           {{"name", name},
            {"namespace", NamespaceOf(service)},
            {"labels", {{kManagedByLabel, kManagedByUs}, {kRevisionOfLabel, uid}}},
            {"ownerReferences", OwnerReferences(service)}}},
          {"revision", number},
          {"data", {{"spec", spec}}}};
}

Result<ServiceRevision> EarlierRevision(const std::vector<ServiceRevision>& revisions, const Json& service,
                                        std::int64_t number) {
  const Json current = ServedSpec(service);
  const auto found = std::find_if(revisions.rbegin(), revisions.rend(), [&](const ServiceRevision& revision) {
    return number == 0 ? revision.spec != current : revision.number == number;
  });
  if (found == revisions.rend())
    return Fail(ErrorCode::kNotFound, number == 0
                                          ? "no earlier spec of it is kept"
                                          : "no revision " + std::to_string(number) + " of it is kept");
  ServiceRevision revision = *found;
  if (const Json& suspend = At(service, {"spec", "suspend"}); !suspend.is_null())
    revision.spec["suspend"] = suspend;
  return revision;
}

Result<std::vector<ServiceRevision>> ListRevisions(const KubeClient& kube, const Json& service) {
  ASSIGN_OR_RETURN(const std::vector<Json> objects,
                   kube.ListAll(kControllerRevisions, NamespaceOf(service),
                                {.label_selector = std::string(kRevisionOfLabel) + "=" +
                                                   StringAt(service, {"metadata", "uid"})}));
  return ReadRevisions(objects);
}

Status KeepRevision(const KubeClient& kube, const Json& service) {
  const std::string ns = NamespaceOf(service);
  ASSIGN_OR_RETURN(const std::vector<ServiceRevision> revisions, ListRevisions(kube, service));
  const std::int64_t number = revisions.empty() ? 1 : revisions.back().number + 1;
  const Json kept = RevisionFor(service, number);
  const std::string name = StringAt(kept, {"metadata", "name"});
  if (!revisions.empty() && revisions.back().name == name) return shared::Ok();
  const bool is_known = std::any_of(revisions.begin(), revisions.end(),
                                    [&](const ServiceRevision& revision) { return revision.name == name; });
  if (is_known) {
    TRY(kube.Patch(kControllerRevisions, ns, name, {{"revision", number}}, "application/merge-patch+json"));
    return shared::Ok();
  }
  TRY(kube.Create(kControllerRevisions, ns, kept));
  if (revisions.size() < kKeptRevisions) return shared::Ok();
  auto gone = kube.Delete(kControllerRevisions, ns, revisions.front().name);
  if (!gone && gone.error().code != ErrorCode::kNotFound) return shared::Unexpected(gone.error());
  return shared::Ok();
}

Json WithClusterOf(const Json& service, const Json& active_cluster) {
  Json spec = At(service, {"spec"});
  Json cluster = At(active_cluster, {"spec"});
  cluster.erase("suspend");
  const Json& own_groups = At(spec, {"rayClusterConfig", "workerGroupSpecs"});
  if (At(cluster, {"workerGroupSpecs"}).is_array())
    for (Json& group : cluster["workerGroupSpecs"]) {
      group.erase("scaleStrategy");  // the autoscaler's, of pods of that cluster
      const Json* own = GroupNamed(own_groups, StringAt(group, {"groupName"}));
      if (own == nullptr) continue;
      for (const char* count : {"replicas", "minReplicas", "maxReplicas"}) {
        if (const Json& value = At(*own, {count}); !value.is_null())
          group[count] = value;
        else
          group.erase(count);
      }
    }
  spec["rayClusterConfig"] = std::move(cluster);
  return spec;
}

std::string FateOfPending(const Json& service) {
  const std::string active = StringAt(service, {"status", "activeServiceStatus", "rayClusterName"});
  const std::string pending = StringAt(service, {"status", "pendingServiceStatus", "rayClusterName"});
  if (pending.empty()) return "";
  if (active.empty())
    return "Cluster \"" + pending + "\", which never served, gives way to one of the earlier spec.";
  if (StringAt(service, {"spec", "upgradeStrategy", "type"}) == "NewClusterWithIncrementalUpgrade")
    return "The operator leads all traffic back to cluster \"" + active + "\", and deletes \"" + pending +
           "\".";
  return "The operator gives cluster \"" + pending +
         "\" up, and makes another one of the earlier spec; cluster \"" + active +
         "\" serves until that is ready.";
}

}  // namespace kubectl_ray
