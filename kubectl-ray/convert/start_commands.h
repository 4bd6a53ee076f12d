// The shell lines with which the launcher, the Python operator and static Deployments started Ray →
// rayStartParams. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kubectl-ray/convert/launcher_file.h"
#include "kubectl-ray/convert/note_list.h"

namespace kubectl_ray {

struct StartCommands {
  std::vector<std::pair<std::string, std::string>>
      params;  // in the order of the line, names as `ray start` had them
  std::vector<std::pair<std::string, std::string>> env;
  bool starts_ray = false;
  bool starts_head = false;
};

// Splits the lines at `;`, `&&` and line breaks. `ray stop` and `ulimit -n 65536` have no meaning today,
// another limit and exports become variables, the options of `ray start` become parameters, without what
// KubeRay sets (--head,
// --block, --no-monitor, --autoscaling-config, --address). Everything else needs a person: a note with the
// line, under `field`.
StartCommands ReadStartCommands(const std::vector<LauncherCommand>& lines, const std::string& field,
                                NoteList* notes);

// Whether a shell line has the words `ray start` in it, in quotes and comments too: KubeRay's operator looks
// for no more (controllers/ray/common/pod.go, BuildPod), and leaves such a command alone. What a shell would
// run is another question, which StartsRay() of injection/ answers.
bool HasRayStart(std::string_view text);

}  // namespace kubectl_ray
