// Files of a pod that runs to this machine, as one stream over exec: neither side needs rsync.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// Copies `source` of the pod's Ray container to `target` as rsync would (ReceivedFiles): a file, a directory
// by its name, or the contents of one that ends with a slash. `source` is relative to the home directory,
// which ~ may stand for; if it is a link itself, it is followed. What is left out, and a line with what was
// copied, go to io.err, progress too if that is a terminal. Blocks until all is written. kUnavailable: there
// is no `source`, or parts of it cannot be read, in which case all else was copied; kInternal: what cannot be
// written here; RunExec's.
shared::Status FetchFiles(const KubeClient& kube, const RayPod& pod, const std::string& source,
                          const std::string& target, Streams& io);

// Returns the command that sends `source` of a pod as a tar. It ends with 3 if some of it cannot be read,
// which it says on stderr, and with 1 if none of it can. Pure.
std::vector<std::string> SendCommand(const std::string& source);

}  // namespace kubectl_ray
