// What of an old pod does harm or has no meaning under KubeRay 1.7, rule by rule. Each function corrects a
// pod template in place and notes what it removed, under the template's path in the source. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// The pod template at hand, and where its notes say it is.
struct PodAtHand {
  Tree* pod_template;  // {metadata, spec}
  std::string path;    // "podTypes[head].podConfig"
  int line = 0;
  bool is_head = false;
  NoteList* notes = nullptr;

  Tree* spec() const { return pod_template->Find("spec"); }
  // Returns the first container, or nullptr.
  Tree* ray_container() const;
  // Returns the line of a value, or that of the template for one that has none.
  int LineOf(const Tree* value) const { return value != nullptr && value->line != 0 ? value->line : line; }
};

// Removes what a Pod has and a template has not (apiVersion, kind, metadata's names and what the API server
// sets), and the labels with which a launcher or operator found its pods.
void CleanPodMetadata(const PodAtHand& pod);
// The same for the metadata of a whole object, such as `kubectl get -o yaml` prints: what the API server set,
// the record of a last apply, kopf's.
void CleanObjectMetadata(Tree* object, NoteList* notes);
// Removes from labels those of Microsoft's operator that are named after fields.
void DropOperatorLabels(const PodAtHand& pod);
// Removes a command that only kept the pod alive while Ray was started in it by exec; KubeRay would join it
// to `ray start` with &&. Any other command needs a person, if `ray_ran_beside`.
void DropIdleCommand(const PodAtHand& pod, bool ray_ran_beside);
// Removes the volume for /dev/shm in memory that has no size: KubeRay adds one that is limited.
void DropSharedMemory(const PodAtHand& pod);
// Names the ports that KubeRay and its clients look for, removes those that Ray no longer has, and lists the
// dashboard and the client where a head lists any, since its Service has only what it lists.
void NamePorts(const PodAtHand& pod);
// Removes init containers that wait for a DNS name of the head: KubeRay's own waits for the head.
void DropInitWaits(const PodAtHand& pod);
// Removes lists that are there without a value; a strict API server refuses some of them.
void DropEmptyKeys(const PodAtHand& pod);
// `own` is the account that the launcher made itself, to be removed; another one of an autoscaling head needs
// care.
void JudgeServiceAccount(const PodAtHand& pod, const std::string& own, bool autoscaled);

}  // namespace kubectl_ray
