// Files of this machine into a pod that runs, as one stream over exec: neither side needs rsync.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/launcher/local_files.h"
#include "kubectl-ray/pods/ray_pods.h"

namespace kubectl_ray {

// Reads what `rsync SOURCE` would send: a file, a directory by its name, or the contents of one that ends
// with a slash. `launcher`, which may be nullptr, says what is left out (ReadLocalFiles). kUsage.
shared::Result<LocalFiles> ReadSource(const std::string& source, const LauncherFile* launcher);

// Writes the files below `target` in the pod's Ray container, or one file under that name, as rsync would:
// into it if it is a directory or ends with a slash. `target` is relative to the home directory, which ~ may
// stand for; missing directories are made. Each file keeps its permission bits, and appears under its name
// when it is whole. Progress goes to io.err if that is a terminal. Blocks until all is written. kUsage: a
// file that cannot be read, or becomes shorter meanwhile; kUnavailable: what the pod says; RunExec's.
shared::Status SendFiles(const KubeClient& kube, const RayPod& pod, const LocalFiles& files,
                         const std::string& target, Streams& io);

// Returns the command that receives `bytes` of a tar in the pod. Pure.
std::vector<std::string> ReceiveCommand(bool directory, const std::string& target, std::uint64_t bytes);

}  // namespace kubectl_ray
