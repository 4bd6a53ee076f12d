// Which pods of an object run Ray. Pure.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

// A place in a JSON value: keys of objects and indexes of lists.
using JsonPlace = std::vector<std::variant<std::string, std::size_t>>;

// A pod's template: an object with `spec`, and `metadata` if there is any. A Pod is its own.
struct RayTemplate {
  JsonPlace place;
  std::size_t object_steps = 0;  // how many of them lead to the object that has the template
  std::string object;            // for messages: RayCluster "demo"
  std::string ns;                // metadata.namespace of that object; empty without one
  std::string role;              // "head", "worker group small"; empty for pods without the operator
  bool operated = false;  // KubeRay makes the pods: containers[0] is Ray's, and its command is the operator's
  bool worker = false;    // of KubeRay's
  bool serves = false;    // a RayService's worker, whose readiness the operator ties to Serve's proxy
  bool overwrites = false;  // ray.io/overwrite-container-cmd of the object, which the operator copies down

  bool operator==(const RayTemplate&) const = default;
};

// Something with Ray in it that cannot be injected.
struct RayTemplateProblem {
  JsonPlace place;
  std::string cause;  // a clause: what it is
  std::string hint;   // a sentence: the way out
};

struct RayTemplates {
  std::vector<RayTemplate> templates;
  std::vector<RayTemplateProblem> problems;
  // Objects of Ray without a pod of Ray's, such as a RayJob with a clusterSelector.
  std::vector<std::string> notes;
};

// Finds them at any depth: in Lists, in what wraps a RayCluster (an AppWrapper), and in every pod template
// (Deployment, StatefulSet, CronJob, other controllers' kinds) with a container that runs `ray start` or the
// agent.
RayTemplates FindRayTemplates(const shared::Json& document);

// Returns the value at the place, or null.
const shared::Json& ValueAt(const shared::Json& value, const JsonPlace& place);

}  // namespace kubectl_ray
