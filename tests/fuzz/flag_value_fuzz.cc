// Values of flags with a grammar of their own, and the proxy variables. Not --grep's expression: what libc's
// regcomp takes of time and memory for it is the user's to choose.
#include "kubectl-ray/cli/pairs.h"
#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kinds/target.h"
#include "kubectl-ray/kubeconfig/proxy.h"
#include "kubectl-ray/manifests/network_policy.h"
#include "kubectl-ray/manifests/pod_extras.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "kubectl-ray/session/session_ports.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)ParsePairs("--labels", {text});
  (void)ParseTarget(text);
  (void)ParseTolerations({text});
  (void)ParseEnv({text});
  Json volumes = Json::array(), mounts = Json::array();
  (void)ParseVolumes({text, text}, &volumes, &mounts);
  (void)ParseSessionPorts({text}, {{"dashboard", "Ray Dashboard", "http", 8265, 8265, false}});
  (void)NetworkPoliciesFor(Json::object(), {.allow_from = {text}, .api_server = {text}});
  if (const auto plan = ParsePortPlan("--ports", text)) {
    ClusterSpec spec;
    (void)FixPorts(*plan, &spec);
  }
  (void)ParseHeaders("--headers", text);
  (void)ProxyFor(text, [&](const std::string&) { return text; });
  (void)ProxyFor("https://api.example:6443", [&](const std::string&) { return text; });
  return 0;
}
