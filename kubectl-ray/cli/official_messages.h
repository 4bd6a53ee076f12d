// What the official plugin prints, to the letter, because scripts and its own acceptance suite look for these
// lines. All of them are here, without the newline. Source: github.com/ray-project/kuberay v1.6.2,
// kubectl-plugin/pkg/cmd.
#pragma once

#include <string>

namespace kubectl_ray::official {

// create
std::string CreatedCluster(const std::string& name);
std::string ClusterIsProvisioned(const std::string& name);
std::string UpdatedCluster(const std::string& ns, const std::string& name);

// scale cluster
std::string UpdatedWorkerGroup(const std::string& group, const std::string& cluster, const std::string& ns,
                               const std::string& changes);
std::string WorkerGroupMatches(const std::string& group, const std::string& cluster, const std::string& ns);

// delete: a question's first line, and what was done.
std::string DeletionQuestion();
std::string CanceledDeletion();
std::string Deleted(const std::string& type, const std::string& name);

// session
std::string ForwardingPorts(const std::string& service);

// log. node_type: "head", "worker", or empty for both.
std::string NoOutputDirectory();
std::string WhichNodes(const std::string& node_type);
std::string DownloadingLog(const std::string& pod);
std::string NoRayNodes(const std::string& resource);
std::string DirectoryDoesNotExist(const std::string& reason);
std::string PathIsNotADirectory();

// job submit
std::string GeneratedSubmissionId(const std::string& id);
std::string SubmittedRayJob(const std::string& name);
std::string WaitingForRayCluster();
std::string CurrentStatus(const std::string& status, const std::string& ray_job, const std::string& job_id);

// version
std::string PluginVersion(const std::string& version);
std::string OperatorVersion(const std::string& version);

}  // namespace kubectl_ray::official
