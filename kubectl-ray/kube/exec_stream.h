// Commands in a pod's container over a WebSocket (subprotocol v5.channel.k8s.io, or v4 before Kubernetes
// 1.30): each message begins with its channel.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct ExecRequest {
  std::string ns;
  std::string pod;
  std::string container;
  std::vector<std::string> command;  // not empty; nothing goes through a shell
  bool with_stdin = false;
  bool tty = false;  // stderr then comes with stdout
};

// What a command is connected to.
struct ExecIo {
  // With with_stdin: read while the command runs; its end is passed on where the server speaks v5.
  int input_fd = -1;
  // Each piece as it comes; false ends the command's connection. on_stderr may be missing: dropped.
  std::function<bool(std::string_view)> on_stdout = {};
  std::function<bool(std::string_view)> on_stderr = {};
  // With tty: readable where the window has another size (drained by window_size); -1: never.
  int resize_fd = -1;
  std::function<std::pair<int, int>()> window_size = {};  // columns, rows
};

// Runs it to its end and answers its exit code. Errors: as KubeClient's; kInterrupted; kUnavailable where the
// connection broke before the end was told; kInternal where the command cannot be run.
shared::Result<int> RunExec(const KubeClient& kube, const ExecRequest& request, const ExecIo& io);

// The path and query of a request. Pure.
std::string ExecPath(const ExecRequest& request);

// The exit code in a Status of channel 3, or why there is none. Pure.
shared::Result<int> ReadExecStatus(std::string_view text);

}  // namespace kubectl_ray
