// What a cluster's file asks for, as the objects that are sent, with the agent, files and commands in its
// pods.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/convert/note.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/launcher/cluster_file.h"
#include "kubectl-ray/launcher/node_setup.h"
#include "kubectl-ray/manifests/agent.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct LaunchOptions {
  std::string ns;  // of the cluster
  Backend backend = Backend::kOperator;
  std::optional<std::int64_t> min_workers;  // of the only worker group
  std::optional<std::int64_t>
      max_workers;  // of all workers of a launcher's file; of each group of a RayCluster
  AgentOptions agent;
  bool restricted = false;  // the namespace enforces Pod Security's level of that name
  bool disable_usage_stats = false;
  std::optional<PortPlan> ports = std::nullopt;  // that every group gets

  bool operator==(const LaunchOptions&) const = default;
};

struct Launch {
  std::string cluster;
  std::string ns;
  Backend backend = Backend::kOperator;
  bool needs_agent = false;              // its ConfigMaps are needed
  shared::Json ray_cluster;              // for kPlain what its Deployments are made of
  std::vector<shared::Json> secrets;     // the cluster's own, each once
  std::vector<shared::Json> beside;      // what else the file says
  bool owns_beside = false;              // that goes with the cluster
  std::vector<Note> notes;               // what the file says and nobody does, or not as it did
  std::vector<std::string> file_mounts;  // for a person: "~/project from ./project"

  bool operator==(const Launch&) const = default;
};

// Reads the files of file_mounts on this machine. A path is relative to the working directory, and ~ is
// `home`. rsync_exclude leaves files out as .gitignore would, and .gitignore itself counts if rsync_filter
// names it. kUsage with the line: what is not there, or is too large for a Secret.
shared::Result<std::vector<NodeFiles>> ReadFileMounts(const LauncherFile& file, const std::string& home);

// Makes the objects. `files` are those of ReadFileMounts(). Pure. kUsage: flags that do not fit the file,
// commands that are too long, and what the file contradicts.
shared::Result<Launch> MakeLaunch(const ClusterFile& file, const std::vector<NodeFiles>& files,
                                  const LaunchOptions& options);

}  // namespace kubectl_ray
