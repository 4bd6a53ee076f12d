// The rules of Kubernetes and KubeRay for names, checked before anything is sent.
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace kubectl_ray {

// What the names of a kind of objects may be: RFC 1035 labels, because KubeRay names Services after them.
struct NameRule {
  std::string_view what;    // "a cluster's name"
  std::size_t longest = 0;  // bytes
};
// KubeRay's MaxRayClusterNameLength: 63 minus the length of "-serve-svc". What is made for an object has its
// name and a suffix: "-xxxxx" for the cluster of a RayJob or RayService, "-" and the minutes since 1970 for a
// RayCronJob's RayJob (utils/constant.go).
inline constexpr NameRule kClusterNames = {"a cluster's name", 53};
inline constexpr NameRule kJobNames = {"a RayJob's name", kClusterNames.longest - 6};
inline constexpr NameRule kServiceNames = {"a RayService's name", kJobNames.longest};
inline constexpr NameRule kCronJobNames = {"a RayCronJob's name", kJobNames.longest - 11};

shared::Status CheckObjectName(const NameRule& rule, std::string_view name);
shared::Status CheckClusterName(std::string_view name);
// Accepts an RFC 1123 label of at most 63 bytes, because it becomes a label's value and a part of pod names.
shared::Status CheckGroupName(std::string_view name);
// Accepts a DNS label.
shared::Status CheckNamespace(std::string_view name);
// Accept [prefix/]name, as of labels and annotations, and a label's value. `what` is for messages.
shared::Status CheckLabelKey(std::string_view what, std::string_view key);
shared::Status CheckLabelValue(std::string_view what, std::string_view value);

}  // namespace kubectl_ray
