// Names of worker groups, made of the names that older formats allowed. KubeRay only lower-cases
// CLUSTER-GROUP and cuts it at 50 bytes, so that an underscore fails in the API server. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace kubectl_ray {

class GroupNames {
 public:
  // Returns the name in kebab-case, at most 40 bytes, unlike those returned before and unlike the head's.
  std::string Unique(std::string_view name);

 private:
  std::set<std::string> taken_;
};

}  // namespace kubectl_ray
