#include <set>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/formats/image_tag.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/agent_archive.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/pods/ray_container.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Result;
using shared::StringAt;

constexpr std::chrono::seconds kLongestAnswer(5);

void PrintClient(std::ostream& out) {
  out << official::PluginVersion(std::string("v") + RAY_VERSION) << '\n';
  out << "ray-init-agent version: v" << RAY_VERSION << " (";
  const char* separator = "";
  for (const AgentArchive& agent : EmbeddedAgents()) {
    out << separator << agent.architecture;
    separator = ", ";
  }
  out << ")\n";
}

void PrintRay(const KubeClient& kube, const std::string& ns, Streams& io) {
  std::set<std::string> lines;
  (void)!kube.List(kPods, ns, {.label_selector = kEveryHeadSelector}, [&](const Json& pod) {
    lines.insert("Ray version of cluster " + StringAt(pod, {"metadata", "labels", kClusterLabel}) + ": " +
                 ImageTag(StringAt(RayContainer(pod), {"image"})));
    return lines.size() < 100;
  });
  for (const std::string& line : lines) io.out << shared::EscapeControl(line) << '\n';
}

// Whatever cannot be found out is a warning, so that the rest is printed.
Result<int> PrintServer(CommandContext& context) {
  Streams& io = context.io;
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  shared::HttpRequest request;
  request.connect_timeout = kLongestAnswer;
  request.deadline = shared::Deadline::After(kLongestAnswer);
  ASSIGN_OR_RETURN(const shared::HttpResponse response, kube->Send(std::move(request), "/version"));
  const auto version = shared::ParseJson(response.body);
  if (version)
    io.out << "Kubernetes version: " << shared::EscapeControl(StringAt(*version, {"gitVersion"})) << '\n';
  const auto operator_version = InstalledOperatorVersion(*kube);
  if (!operator_version || operator_version->empty()) {
    io.err << "warning: KubeRay operator installation cannot be found"
           << (operator_version ? "" : ": " + shared::EscapeControl(operator_version.error().message))
           << '\n';
  } else {
    io.out << official::OperatorVersion(shared::EscapeControl(*operator_version)) << '\n';
  }
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  PrintRay(*kube, ns, io);
  return kExitOk;
}

}  // namespace

void Version(Leaf& leaf) {
  auto& client_only = leaf.Flags<bool>();
  leaf.Flag("--client", &client_only, "Ask no server");
  leaf.Example("This plugin and its agent, the API server, the operator, Ray in the namespace's clusters",
               "kubectl ray version");
  leaf.Example("The first two, without a server", "kubectl ray version --client");
  leaf.Run([&client_only](CommandContext& context) -> Result<int> {
    PrintClient(context.io.out);
    context.io.out.flush();
    if (client_only) return kExitOk;
    const Result<int> server = PrintServer(context);
    if (!server && server.error().code == shared::ErrorCode::kInterrupted) return server;
    if (!server) context.io.err << "warning: " << shared::EscapeControl(server.error().message) << '\n';
    return kExitOk;
  });
}

}  // namespace kubectl_ray
