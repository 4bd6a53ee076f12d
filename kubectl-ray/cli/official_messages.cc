#include "kubectl-ray/cli/official_messages.h"

namespace kubectl_ray::official {
namespace {

std::string InCluster(const std::string& cluster, const std::string& ns) {
  return " in Ray cluster " + cluster + " in namespace " + ns;
}

}  // namespace

std::string CreatedCluster(const std::string& name) { return "Created Ray cluster: " + name; }
std::string ClusterIsProvisioned(const std::string& name) {
  return "Ray cluster " + name + " is provisioned";
}
std::string UpdatedCluster(const std::string& ns, const std::string& name) {
  return "Updated Ray cluster " + ns + "/" + name + " with new worker group";
}

std::string UpdatedWorkerGroup(const std::string& group, const std::string& cluster, const std::string& ns,
                               const std::string& changes) {
  return "Updated worker group " + group + InCluster(cluster, ns) + " (" + changes + ")";
}
std::string WorkerGroupMatches(const std::string& group, const std::string& cluster, const std::string& ns) {
  return "Worker group " + group + InCluster(cluster, ns) +
         " already matches the requested configuration. Skipping.";
}

std::string DeletionQuestion() { return "Are you sure you want to delete the following resources?"; }
std::string CanceledDeletion() { return "Canceled deletion."; }
std::string Deleted(const std::string& type, const std::string& name) {
  return "Deleted " + type + " " + name;
}

std::string ForwardingPorts(const std::string& service) { return "Forwarding ports to service " + service; }

std::string NoOutputDirectory() {
  return "No output directory specified, creating dir under current directory using resource name.";
}
std::string WhichNodes(const std::string& node_type) {
  if (node_type.empty()) return "Command set to retrieve both head and worker node logs.";
  return "Command set to retrieve only " + node_type + " node logs.";
}
std::string DownloadingLog(const std::string& pod) { return "Downloading log for Ray Node " + pod; }
std::string NoRayNodes(const std::string& resource) { return "No Ray nodes found for resource " + resource; }
std::string DirectoryDoesNotExist(const std::string& reason) {
  return "Directory does not exist. Failed with: " + reason;
}
std::string PathIsNotADirectory() {
  return "Path is not a directory. Please input a directory and try again";
}

std::string GeneratedSubmissionId(const std::string& id) {
  return "Generated submission ID for Ray job: " + id;
}
std::string SubmittedRayJob(const std::string& name) { return "Submitted RayJob " + name + "."; }
std::string WaitingForRayCluster() { return "Waiting for RayCluster"; }
std::string CurrentStatus(const std::string& status, const std::string& ray_job, const std::string& job_id) {
  return "Current status: " + status + " (RayJob: " + ray_job + ", JobID: " + job_id + ")";
}

std::string PluginVersion(const std::string& version) { return "kubectl ray plugin version: " + version; }
std::string OperatorVersion(const std::string& version) { return "KubeRay operator version: " + version; }

}  // namespace kubectl_ray::official
