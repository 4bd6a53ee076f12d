// The earlier specs of a RayService. KubeRay keeps none; `apply` and `rollout undo` keep what they replace as
// ControllerRevisions, as Kubernetes does for its StatefulSets, which go with the RayService.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

inline constexpr std::size_t kKeptRevisions = 10;

struct ServiceRevision {
  std::int64_t number = 0;  // from 1, in the order in which they were replaced
  std::string name;         // of the ControllerRevision
  std::string made;         // when it was first replaced, as the API server writes it
  shared::Json spec;        // without `suspend`, which is no part of what is served

  bool operator==(const ServiceRevision&) const = default;
};

// Reads ControllerRevisions, in the order of their numbers; those without a spec are left out. Pure.
std::vector<ServiceRevision> ReadRevisions(const std::vector<shared::Json>& objects);

// Returns the ControllerRevision of the service's spec under that number. Its name is always the same for the
// same spec of the same RayService. `service` is as the server returned it. Pure.
shared::Json RevisionFor(const shared::Json& service, std::int64_t number);

// Returns the spec to go back to, of which the service's own `suspend` is a part: of that number or, if it is
// 0, of the newest that differs from what the service has. kNotFound: there is none; the hint is empty. Pure.
shared::Result<ServiceRevision> EarlierRevision(const std::vector<ServiceRevision>& revisions,
                                                const shared::Json& service, std::int64_t number);

// Lists the revisions of that RayService.
shared::Result<std::vector<ServiceRevision>> ListRevisions(const KubeClient& kube,
                                                           const shared::Json& service);

// Keeps the spec of the service as it is stored, as the newest revision, and deletes the oldest beyond
// kKeptRevisions. Errors are those of KubeClient.
shared::Status KeepRevision(const KubeClient& kube, const shared::Json& service);

// Returns a spec whose cluster is that of the active cluster, and all else the service's own; replica counts
// of groups that both have are the service's own, since a rollout does not change them. Pure.
shared::Json WithClusterOf(const shared::Json& service, const shared::Json& active_cluster);

// Returns what the operator does with a cluster that is under way, if the service goes back now; empty: none
// is under way. A sentence, not escaped. Pure.
std::string FateOfPending(const shared::Json& service);

}  // namespace kubectl_ray
