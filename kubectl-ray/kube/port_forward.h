// Forwards TCP connections to a pod's port through the API server, one WebSocket for each (KEP-4006's
// predecessor: subprotocol v4.channel.k8s.io; no SPDY, no kubectl).
#pragma once

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
