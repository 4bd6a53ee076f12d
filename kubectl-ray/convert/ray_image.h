// The image of the Ray container, and the release of Ray that its tag names. Pure.
#pragma once

#include <string>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/pod_rules.h"

namespace kubectl_ray {

// Returns "2.9.3" of "rayproject/ray:2.9.3-py310", or an empty text for a tag that names no release.
std::string RayVersionOf(const std::string& image);

// Puts the image and the sizes of the options into the Ray container, and notes an image with which
// KubeRay 1.7 cannot bring up a pod. Returns the container's image.
std::string FitRayContainer(const PodAtHand& pod, const ConvertOptions& options);

}  // namespace kubectl_ray
