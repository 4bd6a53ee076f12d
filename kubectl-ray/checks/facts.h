// Everything that the checks of `doctor` read, gathered once.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/checks/planned_pods.h"
#include "kubectl-ray/clusters/status.h"
#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/operator/operator_status.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// What one request gave, or why there is nothing: kAuth if the user may not look.
template <typename T>
using Fact = shared::Result<T>;
using Objects = std::vector<Json>;

// Whether the user may do something in the namespace, by a SelfSubjectAccessReview.
struct AskedRight {
  std::string verb, group, resource;  // resource with its subresource: pods/exec
  const char* needed_for;             // a clause: "to follow jobs and forward ports"
  Fact<bool> allowed = false;
};

// One connection that was tried from inside a Ray container.
struct Connection {
  std::string from, to;  // pods
  std::string host;
  int port = 0;
  const char* what = "";  // "the GCS"
  std::string failure;    // empty: it connected
};

// The name of the head's Service, looked up inside a Ray container.
struct NameLookup {
  std::string from;  // a pod
  std::string name;
  std::vector<std::string> addresses = {};
  std::string failure = {};  // empty: it has an address
};

// In Facts::web_socket: a WebSocket was refused, and the command went by SPDY.
inline constexpr const char* kBySpdy = "SPDY/3.1";

// A stream on which neither side sent anything.
struct SilentStream {
  std::chrono::seconds wanted{0};
  std::chrono::seconds lasted{0};
  std::string cut = {};  // why it ended early; empty: it did not
};

// A connection from a pod that is not of the cluster, which a NetworkPolicy forbids.
struct ForbiddenWay {
  std::string policy;
  std::string host;  // the head pod's address
  int port = 0;
  bool connected = false;
};

struct Facts {
  std::string ns;
  std::string cluster = {};  // empty: no cluster was named
  std::string file = {};     // empty: the cluster is one of the API server's
  Backend backend = Backend::kOperator;
  Json ray_cluster = {};                  // null without a cluster
  std::vector<PlannedPods> planned = {};  // of the cluster
  Json manifest = {};                     // the file's object, or null

  Fact<Json> server_version = Json();
  Fact<Json> ns_object = Json();
  std::vector<AskedRight> rights = {};
  std::map<std::string, Fact<bool>> served = {};       // by plural: is ray.io/v1 served with it
  Fact<OperatorFacts> installation = OperatorFacts();  // of KubeRay
  Fact<Objects> quotas = Objects();                    // of the namespace, like the three below
  Fact<Objects> limit_ranges = Objects();
  Fact<Objects> policies = Objects();
  Fact<Objects> cluster_pods = Objects();
  Fact<Objects> nodes = Objects();
  Fact<Objects> all_pods = Objects();                 // of all namespaces, for what nodes have left
  std::map<std::string, Fact<Json>> admitted = {};    // by group: the pod as the server would store it
  std::optional<Fact<Json>> accepted = std::nullopt;  // with a file: the object, by a dry run
  std::optional<Fact<StatusInput>> status = std::nullopt;

  // Of a cluster whose pods run.
  std::optional<Fact<std::string>> web_socket = std::nullopt;  // "", or kBySpdy: a command ran in the head
  std::optional<Fact<std::vector<Connection>>> connections = std::nullopt;
  std::optional<Fact<std::vector<NameLookup>>> lookups = std::nullopt;
  std::optional<Fact<SilentStream>> silent_stream = std::nullopt;  // if it was asked for, like the next
  std::optional<Fact<ForbiddenWay>> forbidden_way = std::nullopt;
};

}  // namespace kubectl_ray
