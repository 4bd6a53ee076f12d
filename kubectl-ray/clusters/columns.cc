#include "kubectl-ray/clusters/columns.h"

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/resource_totals.h"
#include "kubectl-ray/manifests/worker_counts.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::IntAt;
using shared::Json;
using shared::StringAt;

// A quantity or number of the status; KubeRay leaves out what is none.
std::string StatusCell(const Json& cluster, const char* field) {
  const Json& value = At(cluster, {"status", field});
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : "0";
}

}  // namespace

std::string RelevantCondition(const Json& ray_cluster) {
  const Json& conditions = At(ray_cluster, {"status", "conditions"});
  for (const char* type : {"RayClusterProvisioned", "HeadPodReady", "ReplicaFailure", "RayClusterSuspended",
                           "RayClusterSuspending"})
    if (conditions.is_array())
      for (const Json& condition : conditions)
        if (StringAt(condition, {"type"}) == type && StringAt(condition, {"status"}) == "True") return type;
  return "";
}

std::vector<Column> ClusterColumns(const Clock& now) {
  auto status = [](const char* field) { return [field](const Json& c) { return StatusCell(c, field); }; };
  auto text = [](const char* first, const char* second) {
    return [first, second](const Json& c) { return StringAt(c, {first, second}); };
  };
  return {{"Name", text("metadata", "name")},
          {"Namespace", text("metadata", "namespace")},
          {"Desired Workers", status("desiredWorkerReplicas")},
          {"Available Workers", status("availableWorkerReplicas")},
          {"CPUs", status("desiredCPU")},
          {"GPUs", status("desiredGPU")},
          {"TPUs", status("desiredTPU")},
          {"Memory", status("desiredMemory")},
          {"Condition", RelevantCondition},
          {"Status", text("status", "state")},
          {"Age", [now](const Json& c) { return AgeOf(c, now()); }},
          {"Ray Version", text("spec", "rayVersion"), true},
          {"Image", HeadImage, true},
          {"Head Service",
           [](const Json& c) {
             return StringAt(c, {"status", "head", "serviceName"});
           },
           true}};
}

Json WorkerGroupObject(const Json& ray_cluster, const Json& worker_group_spec, int ready_pods) {
  return {{"apiVersion", kRayClusters.ApiVersion()},
          {"kind", "WorkerGroup"},
          {"metadata",
           {{"name", StringAt(worker_group_spec, {"groupName"})},
            {"namespace", StringAt(ray_cluster, {"metadata", "namespace"})},
            {"labels", {{kClusterLabel, StringAt(ray_cluster, {"metadata", "name"})}}}}},
          {"spec", worker_group_spec},
          {"status", {{"readyReplicas", ready_pods / HostsPerReplica(worker_group_spec)}}}};
}

std::vector<Column> WorkerGroupColumns(bool with_namespace) {
  auto number = [](const char* field, std::int64_t fallback) {
    return [field, fallback](const Json& g) { return std::to_string(IntAt(g, {"spec", field}, fallback)); };
  };
  auto total = [](Quantity ResourceTotals::*member) {
    return [member](const Json& g) { return (WorkerGroupResources(At(g, {"spec"})).*member).ToString(); };
  };
  std::vector<Column> columns;
  if (with_namespace)
    columns.push_back({"Namespace", [](const Json& g) { return StringAt(g, {"metadata", "namespace"}); }});
  columns.push_back({"Name", [](const Json& g) { return StringAt(g, {"metadata", "name"}); }});
  columns.push_back({"Min", number("minReplicas", 0)});
  columns.push_back({"Max", number("maxReplicas", 2147483647)});
  columns.push_back({"Replicas", [](const Json& g) {
                       return std::to_string(IntAt(g, {"status", "readyReplicas"})) + "/" +
                              std::to_string(DesiredReplicas(At(g, {"spec"})));
                     }});
  columns.push_back({"CPUs", total(&ResourceTotals::cpu)});
  columns.push_back({"GPUs", total(&ResourceTotals::gpu)});
  columns.push_back({"TPUs", total(&ResourceTotals::tpu)});
  columns.push_back({"Memory", total(&ResourceTotals::memory)});
  columns.push_back({"Cluster", [](const Json& g) {
                       return StringAt(g, {"metadata", "labels", kClusterLabel});
                     }});
  return columns;
}

std::vector<Column> JobColumns(const Clock& now) {
  auto status = [](const char* field) {
    return [field](const Json& j) { return StringAt(j, {"status", field}); };
  };
  return {{"Name",
           [](const Json& j) {
             return StringAt(j, {"metadata", "name"});
           }},
          {"Job Status", status("jobStatus")},
          {"Deployment Status", status("jobDeploymentStatus")},
          {"Ray Cluster Name", status("rayClusterName")},
          {"Start Time", status("startTime")},
          {"End Time", status("endTime")},
          {"Age", [now](const Json& j) { return AgeOf(j, now()); }},
          {"Namespace",
           [](const Json& j) {
             return StringAt(j, {"metadata", "namespace"});
           },
           true},
          {"Message", status("message"), true}};
}

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

}  // namespace kubectl_ray
