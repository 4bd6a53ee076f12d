// Every command of this program. One leaf command per file, named as it is typed: get_cluster.cc.
#pragma once

#include <span>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

std::span<const Command> Commands();

}  // namespace kubectl_ray
