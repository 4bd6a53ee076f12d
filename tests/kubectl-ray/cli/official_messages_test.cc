#include "kubectl-ray/cli/official_messages.h"

#include <catch2/catch_test_macros.hpp>

namespace official = kubectl_ray::official;

// From github.com/ray-project/kuberay v1.6.2, kubectl-plugin/pkg/cmd, with these values inserted.
TEST_CASE("the official plugin's lines are kept to the letter") {
  CHECK(official::CreatedCluster("demo") == "Created Ray cluster: demo");
  CHECK(official::ClusterIsProvisioned("demo") == "Ray cluster demo is provisioned");
  CHECK(official::UpdatedCluster("ns", "demo") == "Updated Ray cluster ns/demo with new worker group");
  CHECK(official::UpdatedWorkerGroup("g", "demo", "ns", "replicas: 1 → 2") ==
        "Updated worker group g in Ray cluster demo in namespace ns (replicas: 1 → 2)");
  CHECK(official::WorkerGroupMatches("g", "demo", "ns") ==
        "Worker group g in Ray cluster demo in namespace ns already matches the requested configuration. "
        "Skipping.");
  CHECK(official::DeletionQuestion() == "Are you sure you want to delete the following resources?");
  CHECK(official::CanceledDeletion() == "Canceled deletion.");
  CHECK(official::Deleted("RayCluster", "demo") == "Deleted RayCluster demo");
  CHECK(official::ForwardingPorts("demo-head-svc") == "Forwarding ports to service demo-head-svc");
  CHECK(official::NoOutputDirectory() ==
        "No output directory specified, creating dir under current directory using resource name.");
  CHECK(official::WhichNodes("") == "Command set to retrieve both head and worker node logs.");
  CHECK(official::WhichNodes("head") == "Command set to retrieve only head node logs.");
  CHECK(official::WhichNodes("worker") == "Command set to retrieve only worker node logs.");
  CHECK(official::DownloadingLog("demo-head-x") == "Downloading log for Ray Node demo-head-x");
  CHECK(official::NoRayNodes("demo") == "No Ray nodes found for resource demo");
  CHECK(official::DirectoryDoesNotExist("stat d: no such file or directory") ==
        "Directory does not exist. Failed with: stat d: no such file or directory");
  CHECK(official::PathIsNotADirectory() == "Path is not a directory. Please input a directory and try again");
  CHECK(official::GeneratedSubmissionId("x") == "Generated submission ID for Ray job: x");
  CHECK(official::SubmittedRayJob("j") == "Submitted RayJob j.");
  CHECK(official::WaitingForRayCluster() == "Waiting for RayCluster");
  CHECK(official::CurrentStatus("Running", "j", "id") == "Current status: Running (RayJob: j, JobID: id)");
  CHECK(official::PluginVersion("v1.0.0") == "kubectl ray plugin version: v1.0.0");
  CHECK(official::OperatorVersion("v1.7.0") == "KubeRay operator version: v1.7.0");
}
