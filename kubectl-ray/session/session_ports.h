// Which ports a session forwards. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct SessionPort {
  std::string name;    // as in the Service: dashboard, client, serve, metrics; or the number
  std::string label;   // "Ray Dashboard"
  std::string scheme;  // http or ray; empty if it is not known
  int remote = 0;      // the port of the head container
  int local = 0;       // the port to listen on; 0 for any
  bool fixed = false;  // the user named it, so no other may be taken

  bool operator==(const SessionPort&) const = default;
};

// Returns those of dashboard, client, serve and metrics that the head's Service names. If `service` is null
// or names neither dashboard nor client, returns those two as the pod's Ray container declares them, else
// with Ray's own numbers. `pod` resolves a targetPort that is a name.
std::vector<SessionPort> PortsOfService(const Json& service, const Json& pod);

// Parses values of --port: [LOCAL:]REMOTE, in which REMOTE is a number or one of the names in `known`, and
// LOCAL 0 means any port. The result replaces `known`. kUsage for anything else, and if a local port is named
// twice.
shared::Result<std::vector<SessionPort>> ParseSessionPorts(const std::vector<std::string>& values,
                                                           const std::vector<SessionPort>& known);

// Returns "Ray Dashboard: http://localhost:8265" and the like. `host` is from UrlHost().
std::string DescribePort(const SessionPort& port, int local, const std::string& host = "localhost");

}  // namespace kubectl_ray
