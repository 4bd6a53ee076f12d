// What a container asks for, as KubeRay counts it: which resources are GPUs, which are other accelerators.
// Pure. Source: KubeRay 1.7, controllers/ray/utils/resources.go and controllers/ray/common/pod.go.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kubectl-ray/formats/quantity.h"
#include "shared/json.h"

namespace kubectl_ray {

inline constexpr char kTpuResource[] = "google.com/tpu";

// Whether Ray counts the resource as GPUs (num-gpus): each name that ends in "gpu" (nvidia.com/gpu,
// amd.com/gpu), and slices of NVIDIA's (nvidia.com/mig-1g.5gb).
bool IsGpuResource(std::string_view name);

// Returns Ray's name of an accelerator that KubeRay passes on as a custom resource (TPU, neuron_cores); empty
// for all other resources. Devices that neither function knows (gpu.intel.com/i915, habana.ai/gaudi) are
// those that Ray looks for by itself when it starts.
std::string_view RayAcceleratorOf(std::string_view name);

// Returns what a container has in `kind` ("requests" or "limits") of a resource. A number, which YAML makes
// of `cpu: 2`, counts as its text. 0 if it is not there, or is no quantity.
Quantity ResourceOf(const shared::Json& container, const char* kind, std::string_view name);
// The same of what it asks for: the request or, if there is none, the limit.
Quantity ResourceOf(const shared::Json& container, std::string_view name);
// The sum over all resources that are GPUs.
Quantity GpusOf(const shared::Json& container);

// What is asked for of devices, whoever makes them: resources with a domain in their name, by that name.
using Devices = std::map<std::string, Quantity>;
Devices DevicesOf(const shared::Json& container);
// Returns "amd.com/gpu=4,rdma/hca=1"; "<none>" if there are none.
std::string ToString(const Devices& devices);

// Makes text of each number that is a quantity in a pod's or container's `resources`, wherever in `object` it
// is. Kubernetes' own kinds take both; RayClusters take text and whole numbers alone.
void WriteQuantitiesAsText(shared::Json* object);

}  // namespace kubectl_ray
