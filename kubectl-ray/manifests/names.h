// The rules of Kubernetes and KubeRay for names, checked before anything is sent.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

// KubeRay's MaxRayClusterNameLength: 63 minus the length of "-serve-svc".
inline constexpr std::size_t kLongestClusterName = 53;

// Accepts an RFC 1035 label of at most 53 bytes, because KubeRay names Services after the cluster.
shared::Status CheckClusterName(std::string_view name);
// Accepts an RFC 1123 label of at most 63 bytes, because it becomes a label's value and a part of pod names.
shared::Status CheckGroupName(std::string_view name);
// Accepts a DNS label.
shared::Status CheckNamespace(std::string_view name);
// Accept [prefix/]name, as of labels and annotations, and a label's value. `what` is for messages.
shared::Status CheckLabelKey(std::string_view what, std::string_view key);
shared::Status CheckLabelValue(std::string_view what, std::string_view value);

}  // namespace kubectl_ray
