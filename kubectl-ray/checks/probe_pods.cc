#include "kubectl-ray/checks/probe_pods.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::IntAt;
using shared::StringAt;

constexpr std::size_t kMaxPrintedBytes = 64u << 10;

// Connects to each HOST PORT of its arguments, and prints a line for each.
constexpr const char* kProgram = R"(import socket, sys
for host, port in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        socket.create_connection((host, int(port)), 3).close()
        print('ok', flush=True)
    except Exception as error:
        print(str(error).replace('\n', ' ') or type(error).__name__, flush=True)
)";

const Json* PodNamed(const Facts& facts, const std::string& name) {
  for (const Json& pod : *facts.cluster_pods)
    if (StringAt(pod, {"metadata", "name"}) == name) return &pod;
  return nullptr;
}

// The ports of the raylet at this address, from the dashboard's list of nodes.
std::vector<std::pair<const char*, int>> RayletPorts(const Facts& facts, const std::string& ip) {
  std::vector<std::pair<const char*, int>> ports;
  if (!facts.status || !*facts.status) return ports;
  const Json& nodes = At((*facts.status)->ray_nodes, {"data", "summary"});
  if (!nodes.is_array()) return ports;
  for (const Json& node : nodes) {
    const Json& raylet = At(node, {"raylet"});
    if (StringAt(raylet, {"nodeManagerAddress"}) != ip || StringAt(raylet, {"state"}) != "ALIVE") continue;
    for (const auto& [what, member] : {std::pair{"the node manager", "nodeManagerPort"},
                                       std::pair{"the object manager", "objectManagerPort"}})
      if (const std::int64_t port = IntAt(raylet, {member}); port > 0 && port < 65536)
        ports.emplace_back(what, static_cast<int>(port));
  }
  return ports;
}

int GcsPort(const Facts& facts) {
  return PortParam(At(facts.ray_cluster, {"spec", "headGroupSpec", "rayStartParams"}), "port", kGcsPort);
}

shared::Result<std::string> RunIn(const KubeClient& kube, const RayPod& pod,
                                  std::vector<std::string> command) {
  std::string printed;
  ExecIo io;
  io.on_stdout = [&](std::string_view text) {
    shared::AppendUpTo(&printed, text, kMaxPrintedBytes);
    return printed.size() < kMaxPrintedBytes;
  };
  ASSIGN_OR_RETURN(const int code, RunExec(kube, {pod.ns, pod.name, pod.container, std::move(command)}, io));
  if (code == 0) return printed;
  return shared::Fail(shared::ErrorCode::kUnavailable,
                      "python3 in pod \"" + pod.name + "\" ended with " + std::to_string(code));
}

shared::Result<std::vector<Connection>> Dial(const KubeClient& kube, const RayPod& pod, Dialling dialling) {
  std::vector<std::string> command = {"python3", "-c", kProgram};
  for (const Connection& one : dialling.connections) {
    command.push_back(one.host);
    command.push_back(std::to_string(one.port));
  }
  ASSIGN_OR_RETURN(const std::string printed, RunIn(kube, pod, std::move(command)));
  ReadAnswers(printed, &dialling.connections);
  return std::move(dialling.connections);
}

}  // namespace

std::vector<Dialling> PlanDialling(const Facts& facts) {
  std::vector<Dialling> plan;
  const std::vector<RayPod> pods = ReadRayPods(*facts.cluster_pods);
  const RayPod* head = BestHead(pods);
  if (head == nullptr || !head->running) return plan;
  const HeadPod head_pod = ReadHeadPod(*PodNamed(facts, head->name));
  plan.push_back({head->name, {}});
  std::set<std::string> groups;
  for (const RayPod& pod : pods) {
    if (pod.node_type != "worker" || !pod.running || pod.deleting || !groups.insert(pod.group).second)
      continue;
    const std::string ip = StringAt(*PodNamed(facts, pod.name), {"status", "podIP"});
    for (const auto& [what, port] : RayletPorts(facts, ip))
      plan.front().connections.push_back({head->name, pod.name, ip, port, what, "no answer"});
    plan.push_back(
        {pod.name,
         {{pod.name, head->name, HeadServiceName(facts.cluster), GcsPort(facts), "the GCS", "no answer"},
          {pod.name, head->name, HeadServiceName(facts.cluster), head_pod.dashboard_port, "the dashboard",
           "no answer"}}});
  }
  return plan;
}

void ReadAnswers(const std::string& printed, std::vector<Connection>* connections) {
  std::istringstream lines(printed);
  std::string line;
  for (Connection& one : *connections)
    if (std::getline(lines, line)) one.failure = line == "ok" ? "" : line;
}

void ProbePods(const KubeClient& kube, Facts* facts) {
  if (!facts->cluster_pods) return;
  const std::vector<RayPod> pods = ReadRayPods(*facts->cluster_pods);
  std::vector<Connection> made;
  for (const Dialling& dialling : PlanDialling(*facts)) {
    const auto pod =
        std::find_if(pods.begin(), pods.end(), [&](const RayPod& one) { return one.name == dialling.from; });
    auto answers = Dial(kube, *pod, dialling);
    const bool of_head = !facts->web_socket.has_value();
    if (of_head)
      facts->web_socket = answers ? Fact<std::string>(std::string("ok"))
                                  : Fact<std::string>(shared::Unexpected(answers.error()));
    if (!answers) {
      if (!of_head) facts->connections = Fact<std::vector<Connection>>(shared::Unexpected(answers.error()));
      return;
    }
    made.insert(made.end(), answers->begin(), answers->end());
  }
  if (!made.empty()) facts->connections = std::move(made);
}

}  // namespace kubectl_ray
