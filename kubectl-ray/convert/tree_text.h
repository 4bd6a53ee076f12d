// Changes to a tree, made in the text that it was read from: what did not change stays byte for byte. Pure.
#pragma once

#include <optional>
#include <string>

#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

// Returns the source of the whole document with the tree's changes in it, or nothing if they cannot be made
// that way: then the tree is to be written from scratch. What is returned reads back as tree.ToJson().
// REQUIRES: tree.source.
std::optional<std::string> EditedSource(const Tree& tree);

}  // namespace kubectl_ray
