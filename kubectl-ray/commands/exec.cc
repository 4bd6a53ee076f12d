#include <unistd.h>

#include <optional>

#include "kubectl-ray/cli/terminal.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/commands/exec.h"
#include "kubectl-ray/commands/file_target.h"
#include "kubectl-ray/commands/up.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::string_view kWorkerPrefix = "worker/";
constexpr std::string_view kHeadPrefix = "head/";

shared::Unexpected<shared::Error> NotRunning(const std::string& what, const std::string& cluster) {
  return Fail(ErrorCode::kUnavailable, what + " of cluster \"" + cluster + "\" does not run now",
              "`kubectl ray status " + cluster + "` says why.");
}

Result<RayPod> FindHeadOf(const KubeClient& kube, const std::string& ns, const Target& target) {
  ASSIGN_OR_RETURN(const std::string cluster, ResolveCluster(kube, ns, target));
  ASSIGN_OR_RETURN(const auto pods, ListRayPods(kube, ns, cluster));
  const RayPod* head = BestHead(pods);
  if (head == nullptr) return NotRunning("the head", cluster);
  return *head;
}

Result<RayPod> FindFirstWorkerOf(const KubeClient& kube, const std::string& ns, const Target& target) {
  ASSIGN_OR_RETURN(const std::string cluster, ResolveCluster(kube, ns, target));
  ASSIGN_OR_RETURN(const auto workers, ListRayPods(kube, ns, cluster, "worker"));
  for (const RayPod& worker : workers)
    if (worker.running && !worker.deleting) return worker;
  return NotRunning("a worker", cluster);
}

// worker/NAME is a worker's pod, or a cluster whose first running worker is meant; worker/TYPE/NAME is never
// a pod.
Result<RayPod> FindWorker(const KubeClient& kube, const std::string& ns, const std::string& text) {
  ASSIGN_OR_RETURN(const Target target, ParseTarget(text));
  if (text != target.name) return FindFirstWorkerOf(kube, ns, target);
  const auto pod = kube.Get(kPods, ns, target.name);
  if (pod && ReadRayPod(*pod).node_type == "worker") return ReadRayPod(*pod);
  if (!pod && pod.error().code != ErrorCode::kNotFound) return shared::Unexpected(pod.error());
  return FindFirstWorkerOf(kube, ns, target);
}

Result<RayPod> FindPod(const KubeClient& kube, const std::string& ns, const std::string& text) {
  if (text.starts_with(kWorkerPrefix)) return FindWorker(kube, ns, text.substr(kWorkerPrefix.size()));
  const std::string name = text.starts_with(kHeadPrefix) ? text.substr(kHeadPrefix.size()) : text;
  ASSIGN_OR_RETURN(const Target target, ParseTarget(name));
  return FindHeadOf(kube, ns, target);
}

Result<RayPod> FindPodByIp(const KubeClient& kube, const NamedCluster& cluster, const std::string& ip) {
  ASSIGN_OR_RETURN(const auto pods,
                   kube.ListAll(kPods, cluster.ns, {.label_selector = RayPodSelector(cluster.name, "")}));
  for (const Json& pod : pods)
    if (shared::StringAt(pod, {"status", "podIP"}) == ip) return ReadRayPod(pod);
  return Fail(ErrorCode::kNotFound,
              "no pod of Ray cluster \"" + cluster.name + "\" has the address \"" + ip + "\"",
              "`kubectl ray get-worker-ips` lists those of the workers.");
}

Result<int> RunCommand(const ExecFlags& flags, const std::vector<std::string>& command,
                       CommandContext& context) {
  TRY(TakeRaysFlags(flags.rays, flags.start, context.io));
  if (flags.start)
    TRY(StartCluster(flags.target, flags.cluster_name, flags.rays.disable_usage_stats, context));
  ASSIGN_OR_RETURN(const NamedCluster target, ResolveFileTarget(flags.target, flags.cluster_name, context));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const RayPod pod, flags.node_ip.empty() ? FindPod(*kube, target.ns, target.name)
                                                           : FindPodByIp(*kube, target, flags.node_ip));
  return RunInPod(pod, {command, flags.container, flags.with_stdin, flags.tty}, context);
}

Result<int> RunExecCommand(const ExecFlags& flags, CommandContext& context) {
  const bool has_program = context.global.program && !context.global.program->empty();
  if (has_program && !flags.command.empty())
    return Fail(ErrorCode::kUsage, "there are two commands, \"" + flags.command + "\" and one after --",
                "Leave out one of them.");
  if (has_program) return RunCommand(flags, *context.global.program, context);
  if (!flags.command.empty()) return RunCommand(flags, {"bash", "-c", flags.command}, context);
  return Fail(
      ErrorCode::kUsage, "which command is to run?",
      "Put it after --, as in `kubectl ray exec NAME -- ray status`; `kubectl ray attach NAME` opens a "
      "shell.");
}

// bash where there is one: nothing of the user's goes through this line.
Result<int> RunAttach(ExecFlags flags, CommandContext& context) {
  flags.with_stdin = true;
  flags.tty = context.io.in_is_terminal;
  return RunCommand(flags, {"sh", "-c", "command -v bash >/dev/null && exec bash || exec sh"}, context);
}

void AddTarget(Leaf& leaf, ExecFlags* flags) {
  AddTargetArgument(leaf, &flags->target,
                    "NAME, TYPE/NAME or a cluster's file for the head; worker/NAME for a worker's pod, or a "
                    "cluster's first "
                    "worker")
      ->required();
}

void AddExecFlags(Leaf& leaf, ExecFlags* flags) {
  leaf.Flag("-c,--container", &flags->container, "The container; Ray's if it is not given");
  leaf.Flag("--node-ip", &flags->node_ip, "The cluster's pod that has this address, instead of the head");
  leaf.Flag("--start", &flags->start, "Bring the file's cluster up first, without being asked");
  AddClusterNameFlag(leaf, &flags->cluster_name);
  AddRaysFlags(leaf, &flags->rays);
}

}  // namespace

Result<int> RunInPod(const RayPod& pod, const PodCommand& command, CommandContext& context) {
  Streams& io = context.io;
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ExecRequest request{pod.ns, pod.name, command.container.empty() ? pod.container : command.container,
                      command.command};
  request.with_stdin = command.with_stdin;
  request.tty = command.tty && io.in_is_terminal;
  if (command.tty && !request.tty) io.err << "stdin is not a terminal: going on without one\n" << std::flush;

  std::optional<RawTerminal> terminal;
  ExecIo exec_io{.input_fd = STDIN_FILENO};
  exec_io.on_stdout = [&](std::string_view piece) { return (io.out << piece << std::flush).good(); };
  exec_io.on_stderr = [&](std::string_view piece) { return (io.err << piece << std::flush).good(); };
  if (request.tty) {
    terminal.emplace();
    exec_io.resize_fd = terminal->resize_fd();
    exec_io.window_size = [&] { return terminal->WindowSize(); };
  }
  return RunExec(*kube, request, exec_io);
}

shared::Status StartCluster(const std::string& target, const std::string& cluster_name,
                            bool disable_usage_stats, CommandContext& context) {
  if (!NamesFile(target))
    return Fail(ErrorCode::kUsage,
                "cannot --start \"" + target + "\": only a file says what the cluster is to be",
                "Name the file.");
  UpFlags up;
  up.file = target;
  up.cluster_name = cluster_name;
  up.yes = true;
  up.disable_usage_stats = disable_usage_stats;
  TRY(RunUp(up, context));
  return shared::Ok();
}

void Exec(Leaf& leaf) {
  auto& flags = leaf.Flags<ExecFlags>();
  AddTarget(leaf, &flags);
  leaf.Argument("CMD", &flags.command, "A shell's line, as `ray exec` takes it; or a program after --",
                kNoNames);
  AddExecFlags(leaf, &flags);
  leaf.Flag("-i,--stdin", &flags.with_stdin, "Pass stdin to the command");
  leaf.Flag("-t,--tty", &flags.tty, "Give the command a terminal");
  leaf.TakesProgram();
  leaf.Example("What Ray says of its nodes", "kubectl ray exec demo -- ray status");
  leaf.Example("The same in the cluster of a file, as `ray exec` has it",
               "kubectl ray exec cluster.yaml 'ray status'");
  leaf.Example("Python in a worker, by the name of its pod",
               "kubectl ray exec worker/demo-default-group-worker-abcde -it -- python");
  leaf.Run([&flags](CommandContext& context) { return RunExecCommand(flags, context); });
}

void Attach(Leaf& leaf) {
  auto& flags = leaf.Flags<ExecFlags>();
  AddTarget(leaf, &flags);
  AddExecFlags(leaf, &flags);
  leaf.Flag("-N,--new", &flags.new_session, "Taken for the sake of scripts: each shell is a new one");
  leaf.Example("A shell in the head, and in the first worker", "kubectl ray attach demo",
               "kubectl ray attach worker/demo");
  leaf.Run([&flags](CommandContext& context) { return RunAttach(flags, context); });
}

}  // namespace kubectl_ray
