// Which dashboard a command means, and the connection to it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kubectl-ray/cli/command.h"
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

// A reached dashboard. Keeps open what the client needs.
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

// Reaches the dashboard: with --cluster through a port-forward to its head pod (found anew when that pod is
// replaced), with --address directly. Sends nothing to the dashboard. Waits for a head that is not ready
// until `ready_by`, telling on io.err why. Without `ready_by` it waits for nothing, and takes a head that
// runs and is not ready as well: one under too much load fails its probe and still answers; where it does
// not, the errors of the dashboard's client say that it was not ready. Errors: kUsage (flags), kTimeout (not
// ready), and KubeClient's.
shared::Result<std::unique_ptr<Dashboard>> ConnectDashboard(
    CommandContext& context, const DashboardAddress& options,
    std::optional<shared::Deadline> ready_by = std::nullopt);

// --address as a URL without a trailing slash; http:// where no scheme is given, as Ray has it.
shared::Result<std::string> NormalizeAddress(const std::string& address);

// --headers: a JSON object of strings.
shared::Result<shared::HttpHeaders> ParseHeaders(const std::string& json);

}  // namespace kubectl_ray
