#include "kubectl-ray/session/session_ports.h"

#include <algorithm>
#include <array>

#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/pods/ray_container.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

struct KnownPort {
  const char* name;
  const char* label;
  const char* scheme;
  int number;   // Ray's own
  bool always;  // forwarded even if the service does not name it
};
constexpr std::array<KnownPort, 4> kKnownPorts = {
    {{"dashboard", "Ray Dashboard", "http", kDashboardPort, true},
     {"client", "Ray Interactive Client", "ray", kClientPort, true},
     {"serve", "Ray Serve", "http", kServePort, false},
     {"metrics", "Ray Metrics", "http", kMetricsPort, false}}};

bool IsPort(std::int64_t number) { return number > 0 && number <= 65535; }

int ContainerPort(const Json& pod, const std::string& name) {
  const Json& containers = shared::At(pod, {"spec", "containers"});
  if (!containers.is_array()) return 0;
  for (const Json& container : containers)
    if (const int port = DeclaredPort(container, name, 0); port != 0) return port;
  return 0;
}

// Returns the container's port to which a service's port leads.
int TargetPort(const Json& service_port, const Json& pod) {
  std::int64_t number = shared::IntAt(service_port, {"targetPort"});
  if (const std::string name = StringAt(service_port, {"targetPort"}); !name.empty())
    number = ContainerPort(pod, name);
  if (!IsPort(number)) number = shared::IntAt(service_port, {"port"});
  return IsPort(number) ? static_cast<int>(number) : 0;
}

}  // namespace

std::vector<SessionPort> PortsOfService(const Json& service, const Json& pod) {
  std::vector<SessionPort> ports;
  const Json& served = shared::At(service, {"spec", "ports"});
  for (const KnownPort& known : kKnownPorts) {
    int number = 0;
    if (served.is_array())
      for (const Json& port : served)
        if (StringAt(port, {"name"}) == known.name) number = TargetPort(port, pod);
    if (number == 0 && known.always) number = DeclaredPort(RayContainer(pod), known.name, known.number);
    if (number != 0) ports.push_back({known.name, known.label, known.scheme, number, number, false});
  }
  return ports;
}

Result<std::vector<SessionPort>> ParseSessionPorts(const std::vector<std::string>& values,
                                                   const std::vector<SessionPort>& known) {
  if (values.empty()) return known;
  std::vector<SessionPort> ports;
  for (const std::string& value : values) {
    const std::size_t colon = value.find(':');
    const std::string remote = colon == std::string::npos ? value : value.substr(colon + 1);
    const int number = ParsePort(remote).value_or(-1);
    auto found = std::find_if(known.begin(), known.end(), [&](const SessionPort& port) {
      return port.name == remote || port.remote == number;
    });
    SessionPort port =
        found != known.end() ? *found : SessionPort{remote, "Port " + remote, "", number, number};
    if (colon != std::string::npos) {
      port.local = ParsePort(std::string_view(value).substr(0, colon)).value_or(-1);
      port.fixed = port.local != 0;
    }
    if (port.local < 0 || port.remote <= 0)
      return Fail(ErrorCode::kUsage, "--port \"" + value + "\" is not [LOCAL:]REMOTE",
                  "REMOTE is a number or one of dashboard, client, serve and metrics, as in 9000:dashboard.");
    for (const SessionPort& other : ports)
      if (port.local != 0 && port.local == other.local)
        return Fail(ErrorCode::kUsage,
                    "--port names the local port " + std::to_string(port.local) + " twice");
    ports.push_back(std::move(port));
  }
  return ports;
}

std::string DescribePort(const SessionPort& port, int local, const std::string& host) {
  const std::string address = host + ":" + std::to_string(local);
  return port.label + ": " + (port.scheme.empty() ? address : port.scheme + "://" + address);
}

}  // namespace kubectl_ray
