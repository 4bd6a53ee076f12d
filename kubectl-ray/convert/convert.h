// Turns the files in which Ray clusters were described since 2020 into today's objects (ray.io/v1): the
// cluster launcher's YAML, the Python operator's cluster.ray.io/v1, Microsoft's and early KubeRay's
// ray.io/v1alpha1, static Deployments, the old Helm chart's values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/convert/launcher_file.h"
#include "kubectl-ray/convert/note.h"
#include "kubectl-ray/convert/tree.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// What replaces what the files say; empty members replace nothing.
struct ConvertSizes {
  std::string cpu, memory, gpu;  // quantities; both request and limit

  bool operator==(const ConvertSizes&) const = default;
};

struct ConvertOptions {
  std::string name;   // of the cluster: for files with one cluster, and files that do not name it
  std::string ns;     // of the objects that do not name one; empty: they stay without
  std::string image;  // of all Ray containers
  ConvertSizes head, worker;
  // The caller copies file_mounts and runs the setup commands itself: no notes about them.
  bool launcher_at_hand = false;

  bool operator==(const ConvertOptions&) const = default;
};

struct Converted {
  std::vector<Tree> objects;  // ToJson() and ToYaml() of each; the order in which they are to be applied
  std::vector<Note> notes;    // in the order of the lines
};

// Converts all documents of a file; a List counts as its items. What is no Ray cluster of an old format is
// returned as it stands. kUsage, with `SOURCE:LINE: `, for a text that cannot be read, a template with {{ }},
// a format that is known and not supported (by its name), and for a file that contradicts itself.
shared::Result<Converted> Convert(std::string_view source, std::string_view text,
                                  const ConvertOptions& options);

// Converts a launcher's file that was read, and perhaps changed. The first object is the RayCluster, the
// others are Services and Ingresses.
shared::Result<Converted> ConvertLauncherFile(const LauncherFile& file, const ConvertOptions& options);

}  // namespace kubectl_ray
