// The rules Kubernetes and KubeRay have for names, judged before anything is sent.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

// KubeRay's MaxRayClusterNameLength: 63 less "-serve-svc".
inline constexpr std::size_t kLongestClusterName = 53;

// RFC 1035 label of at most 53 bytes: KubeRay names Services after the cluster.
shared::Status CheckClusterName(std::string_view name);
// RFC 1123 label of at most 63 bytes: it becomes a label's value and part of pod names.
shared::Status CheckGroupName(std::string_view name);
// A DNS label, as namespaces have.
shared::Status CheckNamespace(std::string_view name);
// [prefix/]name as for labels and annotations, and a label's value.
shared::Status CheckLabelKey(std::string_view what, std::string_view key);
shared::Status CheckLabelValue(std::string_view what, std::string_view value);

}  // namespace kubectl_ray
