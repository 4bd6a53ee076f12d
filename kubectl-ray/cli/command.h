// What a command runs with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/exit_codes.h"
#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/kubeconfig/kubeconfig.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

struct GlobalOptions {
  KubeconfigFlags kubeconfig;
  std::string request_timeout;  // as typed: "30s", "0"
  // What stands after `--`, byte for byte; nothing if there was no `--`.
  std::optional<std::vector<std::string>> program;
  int verbosity = 0;  // -v
};

// A command's whole world, so that tests can give it another one.
class CommandContext {
 public:
  CommandContext(const GlobalOptions& global, Streams& io, Environment environment,
                 shared::Interrupt& interrupt);
  ~CommandContext();

  const GlobalOptions& global;
  Streams& io;
  Environment environment;
  shared::Interrupt& interrupt;

  // The client for the chosen context; loads the kubeconfig at the first call. Owned by the context.
  shared::Result<const KubeClient*> Kube();
  // --namespace, else the context's, else "default".
  shared::Result<std::string> Namespace();

 private:
  std::unique_ptr<KubeClient> kube_;
};

}  // namespace kubectl_ray
