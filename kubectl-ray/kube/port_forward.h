// Forwards TCP connections to a pod's port through the API server, one WebSocket for each (KEP-4006's
// predecessor: subprotocol v4.channel.k8s.io; no SPDY, no kubectl).
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

// The WebSocket of one TCP connection to the pod's port. Blocks for the handshake. That nothing listens there
// is told later, on the error channel.
shared::Result<shared::WebSocket> OpenPodPort(const KubeClient& client, const PodPort& target);

// How one forwarded connection ended.
struct PumpEnd {
  std::uint64_t sent = 0;      // bytes to the pod
  std::uint64_t received = 0;  // bytes from the pod
  std::string remote_error;    // what the far side said on the error channel, or empty
  bool broken = false;         // the WebSocket broke: neither side had closed
};

// Moves bytes between `fd` (a connected stream socket, non-blocking; stays the caller's) and the WebSocket
// until the pod closes, the local side is gone, or `stop_fd` becomes readable. Where the local side only ends
// its own half, the pod's answer is still waited for: the protocol cannot pass a half-close on, so this ends
// after half a minute of silence. SIGPIPE has to be ignored. Blocks; owns the WebSocket meanwhile.
PumpEnd PumpPodPort(shared::WebSocket socket, int fd, int stop_fd);

// Connections to one pod port for HttpClient and WebSocket: dial() gives one end of a socket pair whose other
// end is pumped to the pod by a thread. No local port is opened. `client` must outlive it. Destruction ends
// all connections.
class PodDialer {
 public:
  PodDialer(const KubeClient* client, PodPort target);
  ~PodDialer();
  PodDialer(const PodDialer&) = delete;
  PodDialer& operator=(const PodDialer&) = delete;

  // A connected stream socket the caller owns, or the reason there is none (pod gone, forbidden, nothing
  // listens is seen only as a connection that closes at once: last_error()). Blocks for the WebSocket's
  // handshake.
  shared::Result<int> Dial();

  // What the far side last said on an error channel ("connection refused ..."), or empty. Thread-safe.
  std::string last_error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kubectl_ray
