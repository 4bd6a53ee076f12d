#include "kubectl-ray/checks/probe_pods.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "kubectl-ray/kinds/labels.h"
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

// Looks up its first argument, then connects to each HOST PORT of the others; prints a line for each.
constexpr const char* kProgram = R"(import socket, sys, threading
def say(error):
    return str(error).replace('\n', ' ') or type(error).__name__
resolve = socket.getaddrinfo
def look_up(name, found):
    try:
        found.append('ok ' + ' '.join(sorted({one[4][0] for one in resolve(name, None)})))
    except Exception as error:
        found.append(say(error))
name, found = sys.argv[1], []
thread = threading.Thread(target=look_up, args=(name, found), daemon=True)
thread.start()
thread.join(5)
answer = (found or ['the name server does not answer within 5 s'])[0]
print(answer, flush=True)
for host, port in zip(sys.argv[2::2], sys.argv[3::2]):
    try:
        if host == name and not answer.startswith('ok '):
            raise OSError('its name does not resolve')
        socket.create_connection((host, int(port)), 3).close()
        print('ok', flush=True)
    except Exception as error:
        print(say(error), flush=True)
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

shared::Status Dial(const KubeClient& kube, const RayPod& pod, Dialling* dialling) {
  std::vector<std::string> command = {"python3", "-c", kProgram, dialling->lookup.name};
  for (const Connection& one : dialling->connections) {
    command.push_back(one.host);
    command.push_back(std::to_string(one.port));
  }
  ASSIGN_OR_RETURN(const std::string printed, RunIn(kube, pod, std::move(command)));
  ReadAnswers(printed, dialling);
  return shared::Ok();
}

}  // namespace

std::vector<Dialling> PlanDialling(const Facts& facts) {
  std::vector<Dialling> plan;
  const std::vector<RayPod> pods = ReadRayPods(*facts.cluster_pods);
  const RayPod* head = BestHead(pods);
  if (head == nullptr || !head->running) return plan;
  const HeadPod head_pod = ReadHeadPod(*PodNamed(facts, head->name));
  const std::string service = HeadServiceName(facts.cluster);
  plan.push_back({head->name, {head->name, service}, {}});
  std::set<std::string> groups;
  for (const RayPod& pod : pods) {
    if (pod.node_type != "worker" || !pod.running || pod.deleting || !groups.insert(pod.group).second)
      continue;
    const std::string ip = StringAt(*PodNamed(facts, pod.name), {"status", "podIP"});
    for (const auto& [what, port] : RayletPorts(facts, ip))
      plan.front().connections.push_back({head->name, pod.name, ip, port, what, "no answer"});
    plan.push_back(
        {pod.name,
         {pod.name, service},
         {{pod.name, head->name, service, GcsPort(facts.ray_cluster), "the GCS", "no answer"},
          {pod.name, head->name, service, head_pod.dashboard_port, "the dashboard", "no answer"}}});
  }
  return plan;
}

void ReadAnswers(const std::string& printed, Dialling* dialling) {
  std::istringstream lines(printed);
  std::string line;
  dialling->lookup.failure = "no answer";
  if (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    const bool found = word == "ok";
    while (found && words >> word) dialling->lookup.addresses.push_back(word);
    dialling->lookup.failure = found ? "" : line;
  }
  for (Connection& one : dialling->connections)
    if (std::getline(lines, line)) one.failure = line == "ok" ? "" : line;
}

void ProbePods(const KubeClient& kube, Facts* facts) {
  if (!facts->cluster_pods) return;
  const std::vector<RayPod> pods = ReadRayPods(*facts->cluster_pods);
  std::vector<Connection> made;
  std::vector<NameLookup> lookups;
  for (Dialling& dialling : PlanDialling(*facts)) {
    const auto pod =
        std::find_if(pods.begin(), pods.end(), [&](const RayPod& one) { return one.name == dialling.from; });
    const shared::Status dialled = Dial(kube, *pod, &dialling);
    const bool of_head = !facts->web_socket.has_value();
    if (of_head)
      facts->web_socket = dialled ? Fact<std::string>(std::string(kube.speaks_spdy() ? kBySpdy : ""))
                                  : Fact<std::string>(shared::Unexpected(dialled.error()));
    if (!dialled) {
      facts->lookups = Fact<std::vector<NameLookup>>(shared::Unexpected(dialled.error()));
      if (!of_head) facts->connections = Fact<std::vector<Connection>>(shared::Unexpected(dialled.error()));
      return;
    }
    lookups.push_back(std::move(dialling.lookup));
    made.insert(made.end(), dialling.connections.begin(), dialling.connections.end());
  }
  if (!lookups.empty()) facts->lookups = std::move(lookups);
  if (!made.empty()) facts->connections = std::move(made);
}

}  // namespace kubectl_ray
