// Names of objects whose content never changes.
#pragma once

#include <string>
#include <string_view>

namespace kubectl_ray {

// Returns PREFIX-<first 12 hex digits of the content's SHA-256>, so that a name always means the same
// content.
std::string ContentName(std::string_view prefix, std::string_view content);

}  // namespace kubectl_ray
