// How far a RayService has come with what was last applied: its clusters, their applications and pods, and
// whether it can finish. Pure. Source: ray-operator/apis/ray/v1/rayservice_types.go and
// controllers/ray/rayservice_controller.go of KubeRay 1.7.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/json.h"

namespace kubectl_ray {

enum class RolloutVerdict {
  kReady,        // it serves what was applied
  kProgressing,  // it is on its way
  kFailed,       // it cannot finish until a person changes something
  kPaused,       // it is suspended
};

// Of an application, or of a deployment in it.
struct ServeProgress {
  std::string name;
  std::string status;   // RUNNING, DEPLOYING, DEPLOY_FAILED; HEALTHY, UPDATING, UNHEALTHY; ...
  std::string message;  // not escaped
  std::vector<ServeProgress> deployments = {};

  bool operator==(const ServeProgress&) const = default;
};

struct RolloutCluster {
  std::string name;
  bool pending = false;                  // it is to replace the active one
  std::optional<int> capacity, traffic;  // percent, of an upgrade in steps
  std::vector<ServeProgress> applications;
  int pods = 0, ready_pods = 0;
  std::map<std::string, std::string> troubles;  // pod → why it is not ready, not escaped
  std::map<std::string, std::string> remarks;   // pod that is well → what is to be known of it, not escaped

  bool operator==(const RolloutCluster&) const = default;
};

struct Rollout {
  std::string name, ns;
  RolloutVerdict verdict = RolloutVerdict::kProgressing;
  std::string why;  // a clause: what it waits for, or why it cannot finish; not escaped
  int endpoints = 0;
  std::vector<RolloutCluster> clusters;  // the active one, then the pending one, as far as there are such

  bool operator==(const Rollout&) const = default;
};

// `pods`: those of each cluster that the service names, by the cluster's name. `report_is_new`: what the
// operator reports of the applications is of the last change (report_age.h); if not, they decide nothing.
Rollout ReadRollout(const shared::Json& service, const std::map<std::string, std::vector<shared::Json>>& pods,
                    bool report_is_new);

// The names of the clusters that the service names.
std::vector<std::string> ClustersOf(const shared::Json& service);

// A tree of text, escaped, below the verdict; and the verdict alone, a line without its end.
std::string RenderRollout(const Rollout& rollout);
std::string RenderVerdict(const Rollout& rollout);
shared::Json RolloutToJson(const Rollout& rollout);

}  // namespace kubectl_ray
