#include "kubectl-ray/services/serve_instance.h"

#include <algorithm>

#include "kubectl-ray/services/serve_state.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

ServedDeployment ReadDeployment(const std::string& name, const Json& details) {
  ServedDeployment deployment{name, StringAt(details, {"status"}, "unknown"), StringAt(details, {"message"}),
                              0, std::nullopt};
  if (const Json& wanted = At(details, {"target_num_replicas"}); wanted.is_number_integer())
    deployment.wanted = wanted.get<std::int64_t>();
  if (const Json& replicas = At(details, {"replicas"}); replicas.is_array())
    for (const Json& replica : replicas)
      if (StringAt(replica, {"state"}) == "RUNNING") ++deployment.running;
  return deployment;
}

// An application that goes away has no config any more, whoever deployed it.
ServedBy DeployedBy(const Json& details, const Json& config) {
  if (config.is_object() || StringAt(details, {"status"}) == "DELETING") return ServedBy::kConfig;
  return StringAt(details, {"source"}) == "imperative" ? ServedBy::kProgram : ServedBy::kUnknown;
}

ServedApplication ReadApplication(const std::string& name, const Json& details) {
  const Json& config = At(details, {"deployed_app_config"});
  ServedApplication application{.name = name,
                                .status = StringAt(details, {"status"}, "unknown"),
                                .message = StringAt(details, {"message"}),
                                .route = StringAt(details, {"route_prefix"}),
                                .by = DeployedBy(details, config),
                                .config = config.is_object() ? config : Json(),
                                .deployments = {}};
  if (const Json& deployments = At(details, {"deployments"}); deployments.is_object())
    for (const auto& [deployment, of_it] : deployments.items())
      application.deployments.push_back(ReadDeployment(deployment, of_it));
  return application;
}

void ReadProxies(const Json& proxies, ServeInstance* instance) {
  if (!proxies.is_object()) return;
  for (const auto& [node, proxy] : proxies.items()) {
    ++instance->proxies;
    if (StringAt(proxy, {"status"}) == "HEALTHY") ++instance->healthy_proxies;
  }
}

std::string Said(const ServedApplication& application) {
  return ServeStateInWords("application", application.name, application.status, application.message);
}

std::string ReplicasOf(const ServedDeployment& deployment) {
  if (!deployment.wanted) return std::to_string(deployment.running) + " replicas run";
  return std::to_string(deployment.running) + " of " + std::to_string(*deployment.wanted) + " replicas run";
}

std::string Line(int depth, const std::string& text) {
  return std::string(static_cast<std::size_t>(depth) * 2, ' ') + shared::EscapeControl(text) + "\n";
}

std::string RenderApplication(const ServedApplication& application) {
  std::string text = Line(1, (application.route.empty() ? "" : application.route + "  ") + Said(application));
  for (const ServedDeployment& deployment : application.deployments)
    text += Line(2, ServeStateInWords("deployment", deployment.name,
                                      deployment.status + ", " + ReplicasOf(deployment), deployment.message));
  return text;
}

const char* VerdictWord(RolloutVerdict verdict) {
  if (verdict == RolloutVerdict::kReady) return "ready";
  return verdict == RolloutVerdict::kFailed ? "failed" : "progressing";
}

Json DeploymentsToJson(const std::vector<ServedDeployment>& deployments) {
  Json list = Json::array();
  for (const ServedDeployment& deployment : deployments) {
    Json item = {{"name", deployment.name}, {"status", deployment.status}, {"message", deployment.message}};
    item["runningReplicas"] = deployment.running;
    if (deployment.wanted) item["targetReplicas"] = *deployment.wanted;
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

shared::Result<ServeInstance> ParseServeInstance(const Json& answer) {
  const Json& applications = At(answer, {"applications"});
  if (!applications.is_object())
    return shared::Fail(shared::ErrorCode::kInternal,
                        "cannot read what the dashboard says of Ray Serve: it has no object of applications",
                        "Is this address a Ray dashboard?");
  ServeInstance instance;
  for (const auto& [name, details] : applications.items())
    instance.applications.push_back(ReadApplication(name, details));
  ReadProxies(At(answer, {"proxies"}), &instance);
  const Json& controller = At(answer, {"controller_info"});
  instance.runs = (controller.is_object() && !controller.empty()) || instance.proxies > 0 ||
                  !instance.applications.empty();
  instance.options = Json::object();
  for (const char* option : {"proxy_location", "http_options", "grpc_options", "target_capacity"})
    if (const Json& value = At(answer, {option}); !value.is_null()) instance.options[option] = value;
  return instance;
}

ServeVerdict JudgeServe(const ServeInstance& instance, const std::vector<std::string>& names) {
  std::vector<std::string> missing = names;
  std::string failed, waits;
  for (const ServedApplication& application : instance.applications) {
    if (!names.empty() && std::find(names.begin(), names.end(), application.name) == names.end()) continue;
    std::erase(missing, application.name);
    if (application.status == "RUNNING") continue;
    std::string& text = application.status == "DEPLOY_FAILED" ? failed : waits;
    if (text.empty()) text = Said(application);
  }
  if (!failed.empty()) return {RolloutVerdict::kFailed, failed};
  if (waits.empty() && !missing.empty()) waits = "application \"" + missing.front() + "\" is not there yet";
  if (!waits.empty()) return {RolloutVerdict::kProgressing, waits};
  return {RolloutVerdict::kReady, ""};
}

std::string RenderServeVerdict(const ServeVerdict& verdict, const std::string& where) {
  const std::string self = "Serve on " + where;
  if (verdict.verdict == RolloutVerdict::kReady)
    return shared::EscapeControl(self + " serves what was deployed");
  const char* word = verdict.verdict == RolloutVerdict::kFailed ? " cannot finish: " : " is on its way: ";
  return shared::EscapeControl(self + word + verdict.why);
}

std::string RenderServe(const ServeInstance& instance, const ServeVerdict& verdict,
                        const std::string& where) {
  std::string text = RenderServeVerdict(verdict, where) + "\n";
  for (const ServedApplication& application : instance.applications) text += RenderApplication(application);
  return text + Line(1, std::to_string(instance.healthy_proxies) + " of " + std::to_string(instance.proxies) +
                            " proxies healthy");
}

std::vector<std::string> DescribeRoutes(const ServeInstance& instance, const std::string& base) {
  std::vector<std::string> lines;
  for (const ServedApplication& application : instance.applications)
    if (!application.route.empty())
      lines.push_back(shared::EscapeControl(base + application.route + "  application \"" + application.name +
                                            "\" is " + application.status));
  return lines;
}

Json ServeToJson(const ServeInstance& instance, const ServeVerdict& verdict) {
  Json applications = Json::array();
  for (const ServedApplication& application : instance.applications)
    applications.push_back({{"name", application.name},
                            {"status", application.status},
                            {"message", application.message},
                            {"routePrefix", application.route.empty() ? Json() : Json(application.route)},
                            {"deployments", DeploymentsToJson(application.deployments)}});
  return {{"verdict", VerdictWord(verdict.verdict)},
          {"why", verdict.why},
          {"applications", std::move(applications)},
          {"proxies", instance.proxies},
          {"healthyProxies", instance.healthy_proxies}};
}

}  // namespace kubectl_ray
