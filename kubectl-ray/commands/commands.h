// Every command of this program. One leaf command per file, named as it is typed: get_cluster.cc.
#pragma once

#include <vector>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

// In the order of the help. A test that adds a kind (KindForTest) sees its `get` here.
std::vector<Command> Commands();

}  // namespace kubectl_ray
