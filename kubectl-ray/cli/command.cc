#include "kubectl-ray/cli/command.h"

#include "shared/duration.h"

namespace kubectl_ray {
namespace {

// Where --request-timeout is not given: a server that takes longer for one page is as good as gone.
constexpr std::chrono::seconds kDefaultRequestTimeout(60);

}  // namespace

CommandContext::CommandContext(const GlobalOptions& g, Streams& s, Environment e, shared::Interrupt& i)
    : global(g), io(s), environment(std::move(e)), interrupt(i) {}
CommandContext::~CommandContext() = default;

shared::Result<std::chrono::milliseconds> CommandContext::RequestTimeout() const {
  if (global.request_timeout.empty()) return std::chrono::milliseconds(kDefaultRequestTimeout);
  return shared::ParseDuration("--request-timeout", global.request_timeout);
}

shared::Result<const KubeClient*> CommandContext::Kube() {
  if (kube_ == nullptr) {
    ASSIGN_OR_RETURN(const std::chrono::milliseconds timeout, RequestTimeout());
    ASSIGN_OR_RETURN(ClusterAccess access, LoadClusterAccess(global.kubeconfig, environment, &interrupt));
    kube_ = std::make_unique<KubeClient>(std::move(access), timeout);
  }
  return kube_.get();
}

shared::Result<std::unique_ptr<KubeClient>> CommandContext::KubeUntil(const shared::Interrupt* end) {
  ASSIGN_OR_RETURN(const KubeClient* kube, Kube());
  ASSIGN_OR_RETURN(const std::chrono::milliseconds timeout, RequestTimeout());
  ClusterAccess access = kube->access();
  access.http.interrupt = end;
  return std::make_unique<KubeClient>(std::move(access), timeout);
}

shared::Result<std::string> CommandContext::Namespace() {
  if (!global.kubeconfig.ns.empty()) return global.kubeconfig.ns;
  ASSIGN_OR_RETURN(const KubeClient* kube, Kube());
  return kube->access().ns;
}

}  // namespace kubectl_ray
