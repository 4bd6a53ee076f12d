// Links into a cloud console's log search. Pure.
#pragma once

#include <string>

#include "kubectl-ray/logs/log_options.h"

namespace kubectl_ray {

struct CloudLink {
  std::string url;
  std::string warning;  // why it may lead nowhere, or empty
};

// Returns the link to Google Cloud Logging's query for the cluster's pods. The project comes from the
// context's name (gke_PROJECT_LOCATION_NAME), as in the official plugin.
CloudLink GkeLink(const LogOptions& options, const std::string& context);

}  // namespace kubectl_ray
