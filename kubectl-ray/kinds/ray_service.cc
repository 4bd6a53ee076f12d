#include "kubectl-ray/kinds/ray_service.h"

#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

std::vector<Column> ServiceColumns(const Clock& now) {
  return {{"Name",
           [](const Json& s) {
             return StringAt(s, {"metadata", "name"});
           }},
          {"Service Status",
           [](const Json& s) {
             return StringAt(s, {"status", "serviceStatus"});
           }},
          {"Num Serve Endpoints",
           [](const Json& s) {
             return std::to_string(IntAt(s, {"status", "numServeEndpoints"}));
           }},
          {"Age", [now](const Json& s) { return AgeOf(s, now()); }},
          {"Namespace",
           [](const Json& s) {
             return StringAt(s, {"metadata", "namespace"});
           },
           true},
          {"Ray Cluster Name",
           [](const Json& s) {
             return StringAt(s, {"status", "activeServiceStatus", "rayClusterName"});
           },
           true}};
}

// The cluster that serves. A service that starts has its first cluster as the pending one until it serves.
UsedCluster ClusterOf(const Json& service) {
  std::string cluster = StringAt(service, {"status", "activeServiceStatus", "rayClusterName"});
  if (cluster.empty()) cluster = StringAt(service, {"status", "pendingServiceStatus", "rayClusterName"});
  return {std::move(cluster)};
}

// "DEPLOY_FAILED: ..." of each application of one of the two clusters that does not run.
void AddApplications(const Json& service, const char* which, std::vector<std::string>* lines) {
  const Json& applications = At(service, {"status", which, "applicationStatuses"});
  if (!applications.is_object()) return;
  for (const auto& [name, application] : applications.items()) {
    const std::string status = StringAt(application, {"status"});
    if (status == "RUNNING") continue;
    const std::string message = StringAt(application, {"message"});
    lines->push_back("application \"" + name + "\" is " + (status.empty() ? "new" : status) +
                     (message.empty() ? "" : ": " + message));
  }
}

// The conditions that explain a state (1.3 and later): why it is not ready, and what is under way.
void AddConditions(const Json& service, std::vector<std::string>* lines) {
  const Json& conditions = At(service, {"status", "conditions"});
  if (!conditions.is_array()) return;
  for (const Json& condition : conditions) {
    const std::string type = StringAt(condition, {"type"});
    const bool is_true = StringAt(condition, {"status"}) == "True";
    if (is_true == (type == "Ready")) continue;
    std::string line = is_true ? type : "not " + type;
    for (const std::string& why : {StringAt(condition, {"reason"}), StringAt(condition, {"message"})})
      if (!why.empty()) line += ": " + why;
    lines->push_back(std::move(line));
  }
}

std::vector<std::string> Lines(const Json& service) {
  const std::int64_t endpoints = IntAt(service, {"status", "numServeEndpoints"});
  std::vector<std::string> lines = {StringAt(service, {"status", "serviceStatus"}, "not running") + ", " +
                                    std::to_string(endpoints) + " Serve endpoint" +
                                    (endpoints == 1 ? "" : "s")};
  AddConditions(service, &lines);
  AddApplications(service, "activeServiceStatus", &lines);
  AddApplications(service, "pendingServiceStatus", &lines);
  return lines;
}

}  // namespace

const Kind& RayServiceKind() {
  static const Kind kind = {
      .resource = kRayServices,
      .type = "rayservice",
      .noun = "service",
      .nouns = "services",
      .columns = ServiceColumns,
      .cluster_of = ClusterOf,
      .lines = Lines,
      .where_not_served =
          "`kubectl ray create service -c CLUSTER` deploys applications to a cluster without it.",
      .fields = shared::JsonFields::Only(
          {"metadata.name", "metadata.namespace", "metadata.creationTimestamp", "status"})};
  return kind;
}

}  // namespace kubectl_ray
