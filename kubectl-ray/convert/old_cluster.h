// A cluster as Ray's own autoscaler had it (launcher, Python operator, Helm chart): node types that are pods,
// shell lines that start Ray in them, and limits → a RayCluster. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/launcher_file.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

struct OldNodeType {
  std::string group;     // a worker group's name
  std::string path;      // in the source, for notes: "podTypes[head]"
  std::string pod_path;  // "podTypes[head].podConfig"
  int line = 0;
  std::vector<std::string> above;  // the comment of the type
  std::int64_t min_workers = 0;
  std::optional<std::int64_t> max_workers;
  int max_workers_line = 0;
  Tree pod;        // a Pod
  Tree resources;  // Ray's resources by name, or null
};

struct OldCluster {
  Tree metadata;  // of the RayCluster, with name
  OldNodeType head;
  std::vector<OldNodeType> workers;
  std::vector<LauncherCommand> head_start, worker_start;
  std::string head_start_field, worker_start_field;
  std::int64_t max_workers = 2;
  std::string max_workers_field;
  int max_workers_line = 0;
  double upscaling_speed = 0;  // 0: not said
  std::string upscaling_field;
  int upscaling_line = 0;
  double idle_minutes = 5;
  std::string own_service_account;  // made by `ray up` for its autoscaler, and gone with it
};

// kUsage if the least numbers of workers exceed the limit of all, which was an error before, too.
shared::Result<Tree> RayClusterOf(OldCluster old, const ConvertOptions& options, NoteList* notes);

}  // namespace kubectl_ray
