#include "kubectl-ray/commands/commands.h"

#include <algorithm>

#include "kubectl-ray/commands/get_kind.h"
#include "kubectl-ray/kinds/ray_cluster.h"

namespace kubectl_ray {

void Apply(Leaf& leaf);
void Attach(Leaf& leaf);
void AutoscalerCommand(Leaf& leaf);
void Completion(Leaf& leaf);
void ConvertCommand(Leaf& leaf);
void CreateCluster(Leaf& leaf);
void CreateCronJob(Leaf& leaf);
void CreateJob(Leaf& leaf);
void CreateNetworkPolicy(Leaf& leaf);
void CreateService(Leaf& leaf);
void CreateWorkerGroup(Leaf& leaf);
void Delete(Leaf& leaf);
void Down(Leaf& leaf);
void Doctor(Leaf& leaf);
void Exec(Leaf& leaf);
void GetCluster(Leaf& leaf);
void GetHeadIp(Leaf& leaf);
void GetNode(Leaf& leaf);
void GetToken(Leaf& leaf);
void GetWorkerGroup(Leaf& leaf);
void GetWorkerIps(Leaf& leaf);
void JobDelete(Leaf& leaf);
void JobGet(Leaf& leaf);
void JobList(Leaf& leaf);
void JobLogs(Leaf& leaf);
void JobStatus(Leaf& leaf);
void JobStop(Leaf& leaf);
void JobSubmit(Leaf& leaf);
void JobWatch(Leaf& leaf);
void Inject(Leaf& leaf);
void Log(Leaf& leaf);
void Logs(Leaf& leaf);
void Monitor(Leaf& leaf);
void OperatorImages(Leaf& leaf);
void OperatorInstall(Leaf& leaf);
void OperatorStatus(Leaf& leaf);
void OperatorUninstall(Leaf& leaf);
void OperatorUpgrade(Leaf& leaf);
void Options(Leaf& leaf);
void PrometheusGenerate(Leaf& leaf);
void Resume(Leaf& leaf);
void RolloutHistory(Leaf& leaf);
void RolloutStatus(Leaf& leaf);
void RolloutUndo(Leaf& leaf);
void Rights(Leaf& leaf);
void RsyncDown(Leaf& leaf);
void RsyncUp(Leaf& leaf);
void Run(Leaf& leaf);
void ScaleCluster(Leaf& leaf);
void Session(Leaf& leaf);
void SessionList(Leaf& leaf);
void SessionStop(Leaf& leaf);
void Status(Leaf& leaf);
void Submit(Leaf& leaf);
void Suspend(Leaf& leaf);
void TopCluster(Leaf& leaf);
void TopNode(Leaf& leaf);
void TopPod(Leaf& leaf);
void Up(Leaf& leaf);
void Uninject(Leaf& leaf);
void Version(Leaf& leaf);

namespace {

// The program's help lists them in this order.
const Command kCommands[] = {
    {"create", Group::kClusters, "Create Ray clusters, RayServices and what belongs to them", nullptr},
    {"create cluster", Group::kClusters, "Create a Ray cluster", CreateCluster},
    {"create service", Group::kClusters,
     "Create a RayService, or deploy Serve applications to a cluster that runs", CreateService},
    {"create workergroup", Group::kClusters, "Create a worker group in a Ray cluster", CreateWorkerGroup},
    {"create networkpolicy", Group::kClusters, "Create the NetworkPolicies of a Ray cluster",
     CreateNetworkPolicy},
    {"create job", Group::kClusters, "Create a RayJob, or start a run of a RayCronJob now", CreateJob},
    {"create cronjob", Group::kClusters, "Create a RayCronJob: a RayJob by a schedule", CreateCronJob},
    {"apply", Group::kClusters, "Apply files of Ray's objects, after saying what each change does", Apply},
    {"get", Group::kClusters, "Get Ray clusters, what belongs to them, and their tokens", nullptr, "list"},
    {"get cluster", Group::kClusters, "Get Ray clusters", GetCluster, "clusters"},
    {"get workergroup", Group::kClusters, "Get Ray worker groups", GetWorkerGroup, "workergroups"},
    {"get node", Group::kClusters, "Get Ray nodes", GetNode, "nodes"},
    {"get token", Group::kClusters, "Get the auth token of a Ray cluster", GetToken},
    {"status", Group::kClusters, "Say whether a Ray cluster is well, and if not, why", Status},
    {"autoscaler", Group::kLook, "Say what waits for resources, why, and which nodes are idle",
     AutoscalerCommand},
    {"top", Group::kLook, "Show what clusters, nodes and pods use of their limits", nullptr},
    {"top cluster", Group::kLook, "Show what Ray clusters use, each the sum of its nodes", TopCluster,
     "clusters"},
    {"top node", Group::kLook, "Show what Ray's nodes use", TopNode, "nodes"},
    {"top pod", Group::kLook, "Show what the pods of Ray clusters use", TopPod, "pods"},
    {"rollout", Group::kClusters, "Follow the upgrade of a RayService, or undo it", nullptr},
    {"rollout status", Group::kClusters,
     "Say how far a RayService, or Serve on a cluster, is and whether it can finish", RolloutStatus},
    {"rollout history", Group::kClusters, "List the specs that a RayService had before, or print one",
     RolloutHistory},
    {"rollout undo", Group::kClusters, "Take a RayService back to the spec that it had before", RolloutUndo},
    {"scale", Group::kClusters, "Scale a Ray cluster's worker groups", nullptr},
    {"scale cluster", Group::kClusters, "Scale a worker group of a Ray cluster", ScaleCluster},
    {"suspend", Group::kClusters, "Stop a Ray cluster's pods, keeping what it is", Suspend},
    {"resume", Group::kClusters, "Start the pods of a suspended Ray cluster again", Resume},
    {"inject", Group::kClusters, "Put ray-init-agent into manifests, or into objects that are there", Inject},
    {"uninject", Group::kClusters, "Take ray-init-agent out of what was injected", Uninject},
    {"delete", Group::kClusters, "Delete Ray resources", Delete},
    {"up", Group::kLauncher, "Make a cluster what its file says, after showing what would change", Up},
    {"down", Group::kLauncher, "Delete the cluster of a file, or only its workers", Down},
    {"submit", Group::kLauncher, "Copy a program to the head and run it there", Submit},
    {"rsync-up", Group::kLauncher, "Copy files of this machine to a cluster's pods", RsyncUp},
    {"rsync-down", Group::kLauncher, "Copy files of a cluster's head to this machine", RsyncDown},
    {"monitor", Group::kLauncher, "Follow the autoscaler, the operator and the scheduler of a cluster",
     Monitor},
    {"get-head-ip", Group::kLauncher, "Print the address of a cluster's head", GetHeadIp},
    {"get-worker-ips", Group::kLauncher, "Print the addresses of a cluster's workers", GetWorkerIps},
    {"convert", Group::kClusters, "Convert files of older Ray tools to today's RayClusters", ConvertCommand},
    {"job", Group::kJobs, "Submit, follow and manage Ray jobs", nullptr},
    {"job submit", Group::kJobs, "Submit a job, and follow it to its end", JobSubmit},
    {"job list", Group::kJobs, "List jobs, newest first: what the clusters' dashboards know, and RayJobs",
     JobList},
    {"job get", Group::kJobs, "Print one job", JobGet},
    {"job status", Group::kJobs, "Print a job's status, what Ray says about it, and why it has not begun",
     JobStatus},
    {"job logs", Group::kJobs, "Print a job's output, or follow it", JobLogs},
    {"job watch", Group::kJobs, "Wait for a job's end without its output, and exit as it did", JobWatch},
    {"job stop", Group::kJobs,
     "Stop a job: SIGTERM to its processes, SIGKILL after its grace period, and wait for that", JobStop},
    {"job delete", Group::kJobs,
     "Delete jobs that are over: what Ray remembers of one, or a RayJob with its cluster", JobDelete},
    {"run", Group::kJobs, "Run a local program as a Ray client of a cluster", Run},
    {"attach", Group::kWork, "Open a shell in a cluster's head or worker", Attach},
    {"exec", Group::kWork, "Run a command in a cluster's head or worker", Exec},
    {"doctor", Group::kLook, "Examine a cluster, and what it meets: rights, quotas, nodes, networks", Doctor},
    {"logs", Group::kLook, "Print the logs of a cluster's pods, or follow them", Logs},
    {"log", Group::kHidden,
     "Save a cluster's logs to files, as the official plugin's command of this name does; `kubectl ray logs` "
     "prints them on the screen",
     Log},
    {"prometheus", Group::kLook, "Have Prometheus scrape Ray, and Grafana show it", nullptr},
    {"prometheus generate", Group::kLook, "Print what has Prometheus scrape Ray clusters",
     PrometheusGenerate},
    {"session", Group::kWork, "Forward a cluster's ports to this machine", Session},
    {"session list", Group::kWork, "List the sessions in the background", SessionList},
    {"session stop", Group::kWork, "Stop sessions in the background", SessionStop},
    {"operator", Group::kOther, "Install, check, upgrade and uninstall KubeRay's operator", nullptr},
    {"operator install", Group::kOther, "Install KubeRay's operator, with its definitions and rights",
     OperatorInstall},
    {"operator status", Group::kOther, "Say whether KubeRay's operator is well and fits its definitions",
     OperatorStatus},
    {"operator upgrade", Group::kOther, "Replace KubeRay's operator by another release", OperatorUpgrade},
    {"operator uninstall", Group::kOther, "Take KubeRay's operator out of the cluster", OperatorUninstall},
    {"operator images", Group::kOther, "List the images that a mirror has to have", OperatorImages},
    {"rights", Group::kLook, "Print the Role that a user needs for commands of this program", Rights},
    {"version", Group::kOther, "Print the versions of this plugin and what it talks to", Version},
    {"completion", Group::kOther, "Print a shell's completion script, or kubectl's helper for `kubectl ray`",
     Completion},
    {"options", Group::kOther, "List the flags that every command takes, variables and exit codes", Options},
};

// `get` for each kind; `get cluster` prints RayClusters, since it has clusters without an operator too.
std::vector<Command> GetKinds() {
  std::vector<Command> commands;
  for (const Kind* kind : Kinds())
    if (kind != &RayClusterKind())
      commands.push_back({"get " + kind->noun, Group::kClusters,
                          "Get " + kind->resource.kind + "s, where the KubeRay operator is installed",
                          [kind](Leaf& leaf) { GetKind(leaf, *kind); }, kind->nouns});
  return commands;
}

}  // namespace

std::vector<Command> Commands() {
  std::vector<Command> commands(std::begin(kCommands), std::end(kCommands));
  const std::vector<Command> kinds = GetKinds();
  const auto after_get = std::find_if(commands.begin(), commands.end(),
                                      [](const Command& command) { return command.path == "status"; });
  commands.insert(after_get, kinds.begin(), kinds.end());
  return commands;
}

}  // namespace kubectl_ray
