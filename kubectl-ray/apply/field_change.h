// What a change of a field does to what runs: in place, by a second cluster, not until pods are replaced, not
// at all. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// What `kubectl apply` without --server-side has stored of its own file.
inline constexpr const char* kLastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

enum class Effect {
  kInPlace,     // on what runs, without restarting it
  kStops,       // pods are deleted and not made again: suspended
  kRecreates,   // all pods of the cluster are deleted and made again
  kNewCluster,  // a second cluster is made beside the running one, and replaces it
  kNewPods,     // pods that are made from then on; those that run stay as they are
  kNextRun,     // the next run of a job
  kIgnored,     // nothing, as the object stands
};

// "in place", "new cluster" and the like, as the plan prints them.
std::string_view EffectText(Effect effect);

struct FieldChange {
  // As in `spec.workerGroupSpecs[gpus].replicas`: an item of a list goes by its name, if all items of both
  // lists have names of their own, else by its index.
  std::string field;
  shared::Json before;  // null: the field is new
  shared::Json after;   // null: the field goes
  Effect effect = Effect::kInPlace;
  std::string why = {};  // a clause on the effect; may be empty

  bool operator==(const FieldChange&) const = default;
};

// Returns what differs between the object as it is stored and as it will be, in the order of `after`, without
// its status and what the API server writes into its metadata. A whole item of a list, or a whole object,
// that is new or goes is one change. The effects are those of KubeRay 1.7 for its four kinds
// (ray-operator/controllers/ray), and in place for all others.
std::vector<FieldChange> ChangesOf(const shared::Json& before, const shared::Json& after);

// Returns whether the change deletes pods that run: it stops, recreates or replaces a cluster.
bool IsDisruptive(const FieldChange& change);

}  // namespace kubectl_ray
