// An exec in a pod of a server whose answers are written down.
#pragma once

#include "kubectl-ray/kube/exec_stream.h"
#include "tests/fuzz/preloaded_server.h"

// Runs a command until the server has no more to say; what comes of it is of no interest.
inline void ExecOn(PreloadedServer& server) {
  using namespace kubectl_ray;
  ClusterAccess access;
  access.server = "http://server";
  access.http = server.Options();
  access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
  const KubeClient kube(std::move(access), std::chrono::seconds(5));
  ExecIo io;
  io.on_stdout = io.on_stderr = [](std::string_view) { return true; };
  (void)RunExec(kube, {"x", "pod", "ray", {"true"}}, io);
}
