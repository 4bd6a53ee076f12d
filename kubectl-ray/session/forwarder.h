// Local connections, each moved through a WebSocket of its own to the head pod of the moment.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/session/listener.h"
#include "kubectl-ray/session/session_ports.h"

namespace kubectl_ray {

struct ForwardedPort {
  SessionPort port;
  Listener listener;
};

// Forwards until the Interrupt is raised (kInterrupted) or an error that no retry mends. A head that goes is
// replaced by the next one; a connection that comes meanwhile waits for it, up to half a minute. `say` tells
// what a user has to know (any thread, one line); `verbose` each connection too. Blocks.
shared::Status ForwardPorts(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                            std::vector<ForwardedPort> ports, bool verbose,
                            const std::function<void(const std::string&)>& say);

}  // namespace kubectl_ray
