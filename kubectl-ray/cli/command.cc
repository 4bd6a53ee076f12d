#include "kubectl-ray/cli/command.h"

#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

// Where --request-timeout is not given: a server that takes longer for one page is as good as gone.
constexpr std::chrono::seconds kDefaultRequestTimeout(60);

}  // namespace

CommandContext::CommandContext(const GlobalOptions& g, Streams& s, Environment e, shared::Interrupt& i)
    : global(g), io(s), environment(std::move(e)), interrupt(i) {}
CommandContext::~CommandContext() = default;

shared::Result<const KubeClient*> CommandContext::Kube() {
  if (kube_ == nullptr) {
    std::chrono::milliseconds timeout = kDefaultRequestTimeout;
    if (!global.request_timeout.empty()) {
      ASSIGN_OR_RETURN(timeout, shared::ParseDuration("--request-timeout", global.request_timeout));
    }
    // Only the client signs in, so that it is there by then.
    const auto on_wait = [this](const std::string& text) { kube_->Note(text); };
    ASSIGN_OR_RETURN(ClusterAccess access,
                     LoadClusterAccess(global.kubeconfig, environment, &interrupt, on_wait));
    kube_ =
        std::make_unique<KubeClient>(std::move(access), timeout, [&err = io.err](const std::string& note) {
          err << "note: " << shared::EscapeControl(note) << std::endl;
        });
    kube_->OnWarning([&err = io.err](const std::string& text) {  // as kubectl prints it
      err << "Warning: " << shared::EscapeControl(text) << std::endl;
    });
  }
  return kube_.get();
}

shared::Result<std::string> CommandContext::Namespace() {
  if (!global.kubeconfig.ns.empty()) return global.kubeconfig.ns;
  ASSIGN_OR_RETURN(const KubeClient* kube, Kube());
  return kube->access().ns;
}

}  // namespace kubectl_ray
