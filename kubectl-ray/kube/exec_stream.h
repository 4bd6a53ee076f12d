// Runs commands in a pod's container over a WebSocket (subprotocol v5.channel.k8s.io, or v4 before Kubernetes
// 1.30), or over SPDY/3.1 (v4.channel.k8s.io) if the WebSocket is refused.
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
  std::vector<std::string> command;  // not empty; no shell reads it
  bool with_stdin = false;
  bool tty = false;  // stderr then comes in stdout
};

// What a command is connected to.
struct ExecIo {
  // Read while the command runs, if with_stdin. Its end is passed on if the server speaks v5, or SPDY.
  int input_fd = -1;
  // Called at the end of the input; false ends the command's connection. Empty: the command goes on.
  std::function<bool()> on_input_end = {};
  // Get each piece as it comes; false ends the command's connection. If on_stderr is empty, stderr is
  // dropped.
  std::function<bool(std::string_view)> on_stdout = {};
  std::function<bool(std::string_view)> on_stderr = {};
  // With tty: becomes readable when the window has another size; window_size drains it. -1 if the size never
  // changes.
  int resize_fd = -1;
  std::function<std::pair<int, int>()> window_size = {};  // columns, rows
};

// Runs the command to its end and returns its exit code. Errors: KubeClient's; kInterrupted; kUnavailable if
// the connection broke before the server reported the end; kInternal if the command cannot be run.
shared::Result<int> RunExec(const KubeClient& kube, const ExecRequest& request, const ExecIo& io);

// Opens the channels of a command for a caller with a loop of its own: 1 is its stdout, 2 stderr, 3 the
// Status of its end. Blocks for the handshake. Errors: KubeClient's.
shared::Result<PodChannels> OpenExec(const KubeClient& kube, const ExecRequest& request);

// Returns the path and query of a request. Pure.
std::string ExecPath(const ExecRequest& request);

// Returns the exit code in a Status of channel 3, or why there is none. Pure.
shared::Result<int> ReadExecStatus(std::string_view text);

}  // namespace kubectl_ray
