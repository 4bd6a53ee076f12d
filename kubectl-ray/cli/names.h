// Where the names come from that complete a word of the command line.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Names that complete a word on the command line. Asks the API server; whatever fails yields fewer names.
using Names = std::function<std::set<std::string>(const KubeClient& kube, const std::string& ns)>;

// The same of what is on this machine, without a server.
using LocalNames = std::function<std::set<std::string>(
    const std::function<std::optional<std::string>(const std::string&)>& environment)>;

// For a word that names nothing that is there yet, or no object at all.
inline constexpr std::nullptr_t kNoNames = nullptr;

}  // namespace kubectl_ray
