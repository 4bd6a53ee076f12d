// The cluster launcher's YAML (`ray up cluster.yaml`) for provider kubernetes, of both generations: head_node
// and worker_nodes (Ray until 1.13), available_node_types (since 1.1). Source: Ray 1.9.2's ray-schema.json,
// autoscaler/kubernetes/defaults.yaml, autoscaler/_private/util.py and commands.py; 2.60's are the same but
// for what it dropped. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/convert/tree.h"
#include "shared/result.h"

namespace kubectl_ray {

struct LauncherCommand {
  std::string text;
  int line = 0;
};

struct LauncherFileMount {
  std::string remote;  // may begin with ~
  std::string local;   // as written: relative to the working directory, may begin with ~
  int line = 0;
};

struct LauncherNodeType {
  std::string name;   // as written
  std::string group;  // the worker group's name that is made of it; of the head KubeRay's "headgroup"
  int line = 0;
  std::vector<std::string> above;  // its comment
  bool is_head = false;
  std::int64_t min_workers = 0;
  std::optional<std::int64_t> max_workers;  // if absent, the global one
  Tree pod;                                 // the Pod of node_config
  std::vector<Tree> services;               // node_config.service, node_config.ingress
  Tree resources;                           // a map of Ray's resources to numbers, or null
  std::optional<std::vector<LauncherCommand>> initialization_commands;
  std::optional<std::vector<LauncherCommand>> worker_setup_commands;  // replaces the joined list
};

struct LauncherFile {
  std::string source;              // the file's name, for notes
  std::string action = "convert";  // what its errors cannot do
  std::string cluster_name;
  int cluster_name_line = 0;
  std::string ns;  // provider.namespace, or empty
  std::int64_t max_workers = 2;
  int max_workers_line = 0;
  std::optional<double> upscaling_speed;
  double idle_timeout_minutes = 5;
  std::vector<LauncherNodeType> node_types;  // the head first
  bool has_node_types = false;               // the file speaks of available_node_types
  bool has_own_pods = true;                  // false: the pods are those of the launcher's own defaults
  std::vector<LauncherFileMount> file_mounts;
  std::vector<LauncherCommand> cluster_synced_files;
  std::vector<std::string> rsync_exclude, rsync_filter;
  std::vector<LauncherCommand> initialization_commands;
  std::vector<LauncherCommand> setup_commands;
  std::vector<LauncherCommand> head_setup_commands;
  std::vector<LauncherCommand> worker_setup_commands;
  std::vector<LauncherCommand> head_start_ray_commands;    // the defaults if the file has none
  std::vector<LauncherCommand> worker_start_ray_commands;  // likewise
  Tree document;                                           // the whole file

  // Returns what the launcher ran in each new pod of this type before `ray start`, in order: initialization,
  // setup, head or worker setup.
  std::vector<LauncherCommand> SetupOf(const LauncherNodeType& type) const;
};

// Whether the document has the launcher's shape: cluster_name and provider, and no kind.
bool IsLauncherFile(const Tree& document);

// Reads and judges the file as Ray's launcher does: unknown and missing keys, values of the wrong type, a
// head_node_type that is none of the types, a cluster_name that is no name in Kubernetes, another provider
// than kubernetes, which is refused by its name. kUsage: `cannot ACTION FILE:LINE: CAUSE`.
shared::Result<LauncherFile> ReadLauncherFile(std::string_view source, std::string_view text);
shared::Result<LauncherFile> ReadLauncherFile(std::string_view source, const Tree& document,
                                              const std::string& action = "convert");

}  // namespace kubectl_ray
