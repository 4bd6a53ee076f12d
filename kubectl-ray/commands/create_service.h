// The flags of `create service`.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/commands/cluster_flags.h"
#include "kubectl-ray/jobs/dashboard.h"

namespace kubectl_ray {

struct CreateServiceFlags {
  std::string name;
  std::string serve_config;
  std::string import_path;
  std::string app_name = "default";
  std::string route_prefix = "/";
  std::string runtime_env_file;
  std::string runtime_env_json;
  DashboardAddress dashboard;  // of the cluster that runs and is to serve it; empty: a RayService is made
  bool replace = false;
  bool yes = false;
  ClusterFlags cluster;
  std::string file;
  std::string dry_run = "none";  // none, client, server
  std::string output;
  std::vector<std::string> set;
  bool wait = false;
  std::string timeout = "10m";

  bool operator==(const CreateServiceFlags&) const = default;
};

}  // namespace kubectl_ray
