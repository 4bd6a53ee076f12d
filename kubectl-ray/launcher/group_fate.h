// What becomes of the pods of each group when a cluster's file is applied. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// Which pods `up` replaces.
enum class Restart {
  kChanged,  // those whose group's pods are to be others now
  kNone,     // none: --no-restart
  kAll,      // all: --restart-only
};

// A group as it shall be, and what is new about it.
struct GroupChange {
  std::string group;                // "headgroup" or the worker group's name
  std::int64_t wanted = 0;          // pods
  std::vector<std::string> fields;  // those that are changed and mean other pods
  std::string revision;             // what its pods have as kRevisionAnnotation; empty: they have none

  bool operator==(const GroupChange&) const = default;
};

struct GroupFate {
  enum class Kind {
    kMade,       // it has no pods yet
    kRecreated,  // these are deleted, and made again
    kUntouched,
    kOutdated,  // these should be others, and stay all the same: --no-restart
    kRemoved,   // the group is gone from the file
  };
  std::string group;
  Kind kind = Kind::kUntouched;
  std::int64_t count = 0;         // of pods
  std::vector<std::string> pods;  // their names; empty for kMade
  std::string why;                // a clause, of a recreated or outdated one

  bool operator==(const GroupFate&) const = default;
};

// Decides, in the order of `changes`, the head's first; a group may have a part that is replaced and another
// that is not. `pods` are the cluster's as the API server returned them; those that are being deleted do not
// count. A pod with a revision is of an old template if it is another one; a pod without is if the group has
// changed fields. If the head is replaced all workers are too, since Ray's state is in it, unless
// `head_keeps_state` (a GCS in Redis).
std::vector<GroupFate> DecideFates(const std::vector<GroupChange>& changes,
                                   const std::vector<shared::Json>& pods, Restart restart,
                                   bool head_keeps_state);

// Fields of a RayCluster's spec that are no group's, and from which the operator makes parts of pods: of all
// pods, and of the head's alone. Source: ray-operator/controllers/ray/common/pod.go of KubeRay 1.7.
inline constexpr const char* kFieldsOfAllPods[] = {"authOptions", "tlsOptions", "gcsFaultToleranceOptions"};
inline constexpr const char* kFieldsOfHead[] = {"enableInTreeAutoscaling", "autoscalerOptions"};

// Sets the revision annotation in each pod template of the RayCluster: a digest of all that makes its pods.
void StampRevisions(shared::Json* ray_cluster);

// Returns the text of a row: "recreated  2 pods of group gpus: spec.image".
std::string FateText(const GroupFate& fate);

}  // namespace kubectl_ray
