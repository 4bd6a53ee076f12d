// What a user asks for when creating a cluster, by flags of `create cluster` or by its configuration file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/manifests/agent.h"
#include "kubectl-ray/manifests/pod_security.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

using shared::Json;
using StringMap = std::map<std::string, std::string>;

inline constexpr const char* kDefaultRayVersion = "2.60.0";
inline constexpr const char* kDefaultGroupName = "default-group";

// Quantities as typed. Empty or zero means that none is asked for.
struct PodResources {
  std::string cpu = "2";
  std::string memory = "4Gi";
  std::string gpu = "0";
  std::string tpu = "0";
  std::string ephemeral_storage;
  std::string cpu_limit;

  bool operator==(const PodResources&) const = default;
};

struct HeadGroup {
  PodResources resources;
  StringMap ray_start_params;
  StringMap node_selectors;
  int serve_port = kServePort;  // the container's, and so the Service's; no rayStartParam sets it

  bool operator==(const HeadGroup&) const = default;
};

struct WorkerGroup {
  std::string name = kDefaultGroupName;
  int replicas = 1;
  std::optional<int> min_replicas;
  std::optional<int> max_replicas;
  int num_of_hosts = 1;
  PodResources resources;
  StringMap ray_start_params;
  StringMap node_selectors;

  bool operator==(const WorkerGroup&) const = default;
};

// Cloud Storage FUSE on GKE, as in the official plugin's config file.
struct GcsFuse {
  std::string bucket_name;
  std::string mount_path;
  std::string mount_options;
  std::optional<bool> disable_metrics;
  std::optional<bool> metadata_prefetch_on_mount;
  std::optional<bool> skip_csi_bucket_access_check;
  std::string cpu;  // of the sidecar; if empty, GKE chooses
  std::string memory;
  std::string ephemeral_storage;

  bool operator==(const GcsFuse&) const = default;
};

// What all pods of a cluster share, in Kubernetes' own form.
struct PodExtras {
  Json tolerations = Json::array();
  Json env = Json::array();
  Json volumes = Json::array();
  Json volume_mounts = Json::array();
  std::vector<std::string> image_pull_secrets;
  std::string image_pull_policy;
  std::string priority_class;
  std::string service_account;
  // Of our own containers. kAuto goes by the image alone.
  PodSecurity security = PodSecurity::kAuto;
  Json template_patch;  // merged into every pod template (see MergePodTemplate), unless it is null

  bool operator==(const PodExtras&) const = default;
};

struct ClusterSpec {
  std::string name;
  std::string ns;
  StringMap labels;
  StringMap annotations;
  std::string ray_version = kDefaultRayVersion;
  std::string image;
  HeadGroup head;
  std::vector<WorkerGroup> worker_groups;
  std::string autoscaler;  // "v1", "v2" or empty
  std::optional<GcsFuse> gcs_fuse;
  PodExtras pods;
  AgentOptions agent;

  bool operator==(const ClusterSpec&) const = default;
};

// Judges all of it as Kubernetes and KubeRay would, and rayStartParams by ray-init-agent's rules. kUsage
// names the flag or field.
shared::Status CheckClusterSpec(const ClusterSpec& spec);
shared::Status CheckWorkerGroup(const WorkerGroup& group);

}  // namespace kubectl_ray
