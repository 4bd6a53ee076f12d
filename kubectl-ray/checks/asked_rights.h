// Which of the commands' rights `doctor` asks about. Pure.
#pragma once

#include <vector>

#include "kubectl-ray/checks/facts.h"

namespace kubectl_ray {

// Returns the rights without which the plainest commands do not work, as rights/command_rights.h has them, in
// the order of the screen. `allowed` is not set yet.
std::vector<AskedRight> RightsToAsk();

}  // namespace kubectl_ray
