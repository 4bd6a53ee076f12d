// The pod templates of head and worker groups, with ray-init-agent in them.
#pragma once

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/cluster_spec.h"

namespace kubectl_ray {

// Return a PodTemplateSpec whose first container is the Ray container, "ray-head" or "ray-worker". What the
// spec's template_patch has for a container by the other one's name is left out. For kPlain, DeploymentsFor()
// adds what KubeRay's operator would add.
Json HeadPodTemplate(const ClusterSpec& spec, Backend backend);
Json WorkerPodTemplate(const ClusterSpec& spec, const WorkerGroup& group, Backend backend);

// Settles in a PodSpec of the above what follows from all that the user asked for (--pod-template, --set):
// the agent's container, its grace period, and what of ours would contradict it. Call it last, and again
// after another change if need be.
void SettlePod(Json& pod_spec);

// Merges `patch` into `target` as a strategic merge patch would: objects member by member (null removes),
// lists of named things by their key (containers, volumes and env by name, volumeMounts by mountPath, ports
// by containerPort); other lists are replaced. If the patch's first container has no name, it means the Ray
// container.
void MergePodTemplate(Json& target, const Json& patch);

}  // namespace kubectl_ray
