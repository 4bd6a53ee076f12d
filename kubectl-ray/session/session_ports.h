// Which ports a session forwards. Pure.
#pragma once

#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

struct SessionPort {
  std::string name;    // the service's: dashboard, client, serve, metrics; or the number
  std::string label;   // "Ray Dashboard"
  std::string scheme;  // http, ray; empty: unknown
  int remote = 0;      // the head container's
  int local = 0;       // the one to listen on; 0: any
  bool fixed = false;  // the user named it: no other will do

  bool operator==(const SessionPort&) const = default;
};

// What the head's Service names among dashboard, client, serve and metrics; dashboard and client also where
// it is null or names neither, at Ray's own numbers. `pod` resolves a targetPort that is a name.
std::vector<SessionPort> PortsOfService(const Json& service, const Json& pod);

// --port values, [LOCAL:]REMOTE each, REMOTE a number or one of the names in `known`; LOCAL 0: any. They
// stand in place of `known`. kUsage for anything else, and for a local port named twice.
shared::Result<std::vector<SessionPort>> ParseSessionPorts(const std::vector<std::string>& values,
                                                           const std::vector<SessionPort>& known);

// "Ray Dashboard: http://localhost:8265".
std::string DescribePort(const SessionPort& port, int local);

}  // namespace kubectl_ray
