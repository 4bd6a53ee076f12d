// Forwards local connections, each through a WebSocket (or SPDY connection) of its own, to the current head
// pod.
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

// Blocks until the Interrupt is raised (kInterrupted) or an error comes that a retry cannot mend. When the
// head pod goes away, the next one takes its place; a connection that is made meanwhile waits for it, up to
// half a minute. `say` gets one line for whatever a user has to know, on any thread; with `verbose`, for each
// connection too.
shared::Status ForwardPorts(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                            std::vector<ForwardedPort> ports, bool verbose,
                            const std::function<void(const std::string&)>& say);

}  // namespace kubectl_ray
