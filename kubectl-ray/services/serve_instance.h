// Ray Serve as it runs on a cluster that no RayService is about: its applications and deployments, and
// whether what was deployed can finish. Pure. Source: ServeInstanceDetails in python/ray/serve/schema.py of
// Ray 2.60, which GET /api/serve/applications/ answers with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/services/rollout.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct ServedDeployment {
  std::string name;
  std::string status;                  // HEALTHY, UPDATING, UNHEALTHY, DEPLOY_FAILED, ...
  std::string message;                 // not escaped
  int running = 0;                     // its replicas that run
  std::optional<std::int64_t> wanted;  // its replicas, if this Ray says how many

  bool operator==(const ServedDeployment&) const = default;
};

// Who deployed an application.
enum class ServedBy {
  kConfig,   // a Serve config, which `config` holds
  kProgram,  // a program, by serve.run; Ray keeps it if a config without it is applied
  kUnknown,  // this Ray does not say: a program, of which it may not keep the application
};

struct ServedApplication {
  std::string name;
  std::string status;   // RUNNING, DEPLOYING, DEPLOY_FAILED, UNHEALTHY, DELETING, NOT_STARTED
  std::string message;  // not escaped
  std::string route;    // empty: it is not reached over HTTP, or not yet
  ServedBy by = ServedBy::kConfig;
  shared::Json config;  // what PUT took of it; null unless it is of a config
  std::vector<ServedDeployment> deployments;

  bool operator==(const ServedApplication&) const = default;
};

struct ServeInstance {
  bool runs = false;  // Serve has been started on the cluster
  std::vector<ServedApplication> applications = {};
  shared::Json
      options;  // proxy_location, http_options, grpc_options and target_capacity, as far as it has them
  int proxies = 0, healthy_proxies = 0;

  bool operator==(const ServeInstance&) const = default;
};

// Reads the dashboard's answer, of which only the shape of the whole has to be right. kInternal if it is no
// object with an object of applications.
shared::Result<ServeInstance> ParseServeInstance(const shared::Json& answer);

struct ServeVerdict {
  RolloutVerdict verdict = RolloutVerdict::kProgressing;  // never kPaused
  std::string why;  // a clause: what it waits for, or why it cannot finish; not escaped

  bool operator==(const ServeVerdict&) const = default;
};

// Judges these applications, or all if `names` is empty. One that is named and not there is waited for; what
// is not named is none of its business. Serve gives an application up as DEPLOY_FAILED; all else may pass.
ServeVerdict JudgeServe(const ServeInstance& instance, const std::vector<std::string>& names = {});

// The verdict in a line without its end, escaped, and below it the applications as a tree. `where`: whose
// Serve it is, `cluster "demo"`.
std::string RenderServeVerdict(const ServeVerdict& verdict, const std::string& where);
std::string RenderServe(const ServeInstance& instance, const ServeVerdict& verdict, const std::string& where);
// The URL of each application that is reached over HTTP, and how it is: a line each, escaped. `base`:
// http://localhost:8000.
std::vector<std::string> DescribeRoutes(const ServeInstance& instance, const std::string& base);
shared::Json ServeToJson(const ServeInstance& instance, const ServeVerdict& verdict);

}  // namespace kubectl_ray
