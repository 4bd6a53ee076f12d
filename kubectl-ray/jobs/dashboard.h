// Which dashboard a command means, and the connection to it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kubectl-ray/cli/command.h"
#include "kubectl-ray/clusters/gather_status.h"
#include "kubectl-ray/ray/jobs_client.h"

namespace kubectl_ray {

// As typed; ConnectDashboard judges it.
struct DashboardAddress {
  std::string cluster;     // a RayCluster, or a cluster without the operator
  std::string address;     // http://..., https://..., host:port
  std::string headers;     // JSON object
  std::string verify;      // "true", "false" or a CA file
  std::string ca;          // a CA file
  std::string token_file;  // Ray's token

  bool operator==(const DashboardAddress&) const = default;
};

class ClusterDialer;

// A reached dashboard. Owns the port-forward that its client uses.
class Dashboard {
 public:
  Dashboard(std::unique_ptr<ClusterDialer> dialer, DashboardAccess access);
  ~Dashboard();
  Dashboard(const Dashboard&) = delete;
  Dashboard& operator=(const Dashboard&) = delete;

  const JobsClient& jobs() const { return jobs_; }

 private:
  std::unique_ptr<ClusterDialer> dialer_;  // null with --address
  JobsClient jobs_;
};

// Finds the way to the dashboard and sends nothing to it: with --cluster through a port-forward to the head
// pod (looked up again when that pod is replaced), with --address directly. With `ready_by` it waits until
// then for the head to be ready, and prints on io.err why it is not. Without `ready_by` it does not wait, and
// also takes a head that runs but is not ready: a head under too much load fails its probe and still answers.
// If that one does not answer, the client's errors say that it was not ready. Errors: kUsage (the address),
// kTimeout (not ready), and KubeClient's.
shared::Result<std::unique_ptr<Dashboard>> ConnectDashboard(
    CommandContext& context, const DashboardAddress& address,
    std::optional<shared::Deadline> ready_by = std::nullopt);

// Returns the token that this head's Ray wants: the user's own from the environment, else that of the
// cluster's Secret; empty if it wants none. Blocks for one request at most.
shared::Result<std::string> RayToken(const CommandContext& context, const KubeClient& kube,
                                     const HeadPod& head);

// Returns what asks the cluster's dashboard, which is reached at the first question. `context` must outlive
// it.
DashboardReader ReaderOf(CommandContext& context, const std::string& cluster);

// --address as a URL without a trailing slash; http:// if it has no scheme, as Ray does it. What a browser
// shows after `?` or `#` (`/#/overview`) is left out. kUsage: no http URL.
shared::Result<std::string> NormalizeAddress(const std::string& address);

// Reads a JSON object of strings, which `source` (--headers) gave; empty: no headers. kUsage names the
// source: it is no such object, or holds what no header may.
shared::Result<shared::HttpHeaders> ParseHeaders(const std::string& source, const std::string& json);

}  // namespace kubectl_ray
