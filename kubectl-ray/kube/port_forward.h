// Forwards TCP connections to a pod's port through the API server, with one WebSocket for each connection
// (subprotocol v4.channel.k8s.io, the predecessor of KEP-4006), or one SPDY/3.1 connection for each
// (portforward.k8s.io) if WebSockets are refused; no kubectl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct PodPort {
  std::string ns;
  std::string pod;
  int port = 0;  // the container's
};

// Opens the channels of one TCP connection to the pod's port. Blocks for the handshake. If nothing listens
// there, the error channel says so later.
shared::Result<PodChannels> OpenPodPort(const KubeClient& client, const PodPort& target);

// How one forwarded connection ended.
struct PumpEnd {
  std::uint64_t sent = 0;      // bytes to the pod
  std::uint64_t received = 0;  // bytes from the pod
  std::string remote_error;    // what the kubelet sent on the error channel, or empty
  bool broken = false;         // the way to the pod broke before either side had closed
};

// Moves bytes between `fd` (a connected, non-blocking stream socket, which the caller still owns) and the
// channels. Blocks until the pod closes, the local side is gone, or `stop_fd` becomes readable. If the local
// side closes only its sending half, the pod's answer is still delivered. SPDY passes the half-close on; a
// WebSocket cannot, so that the pump then ends after half a minute of silence. SIGPIPE must be ignored.
PumpEnd PumpPodPort(PodChannels channels, int fd, int stop_fd);

// Makes connections to one pod port for HttpClient and WebSocket. Dial() returns one end of a socket pair; a
// thread pumps the other end to the pod. No local port is opened. `client` must outlive it. The destructor
// ends all connections.
class PodDialer {
 public:
  PodDialer(const KubeClient* client, PodPort target);
  ~PodDialer();
  PodDialer(const PodDialer&) = delete;
  PodDialer& operator=(const PodDialer&) = delete;

  // Returns a connected stream socket, which the caller owns, or why there is none (the pod is gone,
  // forbidden). If nothing listens on the port, the connection closes at once and last_error() says why.
  // Blocks for the handshake.
  shared::Result<int> Dial();

  // Returns what the kubelet last sent on an error channel ("connection refused ..."), or empty. Thread-safe.
  std::string last_error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kubectl_ray
