// Every command of this program. One leaf command per file, named as it is typed: get_cluster.cc.
#pragma once

#include <vector>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

// The table: the rows of commands.cc, and `get` of each kind in kinds/kinds.h.
std::vector<Command> Commands();

}  // namespace kubectl_ray
