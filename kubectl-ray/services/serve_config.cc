#include "kubectl-ray/services/serve_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <utility>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/ports.h"
#include "kubectl-ray/packages/runtime_env.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr const char* kApplications = "applications";

const std::vector<std::string> kTopFields = {"proxy_location",     "http_options",   "grpc_options",
                                             "controller_options", "logging_config", "tracing_config",
                                             kApplications,        "target_capacity"};
const std::vector<std::string> kApplicationFields = {"name",
                                                     "route_prefix",
                                                     "import_path",
                                                     "runtime_env",
                                                     "host",
                                                     "port",
                                                     "args",
                                                     "logging_config",
                                                     "deployments",
                                                     "autoscaling_policy",
                                                     "external_scaler_enabled"};

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

class Judge {
 public:
  std::vector<ServeProblem> Of(const Json& config) {
    if (!config.is_object()) {
      Refuse(-1, "", "a Serve config is an object with a list of " + std::string(kApplications));
      return std::move(problems_);
    }
    CheckNames(-1, config, kTopFields, "");
    const Json& applications = At(config, {kApplications});
    if (applications.is_null() && config.contains("import_path"))
      Refuse(-1, "import_path",
             "it is of one application alone; the form with a list is needed: put it under "
             "`applications:`, with a name");
    else if (!applications.is_array() || applications.empty())
      Refuse(-1, kApplications, "applications has to be a list of at least one application");
    else
      for (std::size_t i = 0; i < applications.size(); ++i) Application(static_cast<int>(i), applications[i]);
    CheckPort(config);
    return std::move(problems_);
  }

 private:
  void Refuse(int application, std::string field, std::string cause) {
    problems_.push_back({application, std::move(field), std::move(cause)});
  }

  void CheckNames(int index, const Json& object, const std::vector<std::string>& known,
                  const std::string& where) {
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      if (known == kTopFields && !object.contains(kApplications) &&
          std::find(kApplicationFields.begin(), kApplicationFields.end(), name) != kApplicationFields.end())
        continue;  // the form of one application, which is refused as a whole
      const std::string near = shared::NearestName(name, known);
      problems_.push_back({index, name,
                           where + name + " is no field of Ray Serve" +
                               (near.empty() ? " 2.60" : ": did you mean " + near + "?"),
                           near.empty()});
    }
  }

  void Application(int index, const Json& application) {
    const std::string self = std::string(kApplications) + "[" + std::to_string(index) + "]";
    if (!application.is_object()) return Refuse(index, "", self + " is no object");
    CheckNames(index, application, kApplicationFields, self + ".");
    CheckName(index, self, application);
    CheckRoute(index, self, application);
    CheckImportPath(index, self, application);
    CheckRuntimeEnv(index, self, application);
  }

  void CheckName(int index, const std::string& self, const Json& application) {
    if (application.contains("name") && StringAt(application, {"name"}).empty())
      return Refuse(index, "name", self + ".name has to be a text that is not empty");
    const std::string name = StringAt(application, {"name"}, "default");
    if (const auto [other, is_new] = names_.emplace(name, index); !is_new)
      Refuse(index, "name",
             self + ".name is " + Quoted(name) + (application.contains("name") ? "" : ", as none is given,") +
                 " as that of applications[" + std::to_string(other->second) + "] is");
  }

  void CheckRoute(int index, const std::string& self, const Json& application) {
    const Json& given = At(application, {"route_prefix"});
    if (application.contains("route_prefix") && given.is_null()) return;  // not reached over HTTP
    if (!given.is_null() && !given.is_string())
      return Refuse(index, "route_prefix", self + ".route_prefix has to be a text, or null");
    const std::string route = StringAt(application, {"route_prefix"}, "/");
    const std::string what = self + ".route_prefix is " + Quoted(route);
    if (!route.starts_with("/")) return Refuse(index, "route_prefix", what + ", and has to begin with /");
    if (route.size() > 1 && route.ends_with("/"))
      return Refuse(index, "route_prefix", what + ", and must not end with /");
    if (route.find_first_of("{}") != route.npos)
      return Refuse(index, "route_prefix", what + ", and must not have { or }");
    if (const auto [other, is_new] = routes_.emplace(route, index); !is_new)
      Refuse(index, "route_prefix",
             what + (given.is_null() ? ", as none is given," : "") + " as that of applications[" +
                 std::to_string(other->second) + "] is");
  }

  void CheckImportPath(int index, const std::string& self, const Json& application) {
    const std::string path = StringAt(application, {"import_path"});
    if (path.empty())
      return Refuse(index, "import_path",
                    self + " needs an import_path: MODULE:VARIABLE of what .bind() returned");
    const bool has_colon = path.find(':') != path.npos;
    const char mark = has_colon ? ':' : '.';
    const std::size_t last = path.rfind(mark);
    const bool is_one = !has_colon || std::count(path.begin(), path.end(), ':') == 1;
    if (last == path.npos || last == 0 || last == path.size() - 1 || !is_one)
      Refuse(index, "import_path",
             self + ".import_path is " + Quoted(path) + ", and has to be MODULE:VARIABLE or MODULE.VARIABLE");
  }

  // The pods fetch it themselves; nothing is uploaded for a RayService.
  void CheckRuntimeEnv(int index, const std::string& self, const Json& application) {
    const Json& env = At(application, {"runtime_env"});
    if (env.is_null()) return;
    if (!env.is_object()) return Refuse(index, "runtime_env", self + ".runtime_env is no object");
    std::vector<Json> sources = {At(env, {"working_dir"})};
    if (const Json& modules = At(env, {"py_modules"}); modules.is_array())
      sources.insert(sources.end(), modules.begin(), modules.end());
    for (const Json& source : sources)
      if (source.is_string() && !IsRemoteUri(source.get<std::string>()))
        Refuse(index, "runtime_env",
               self + ".runtime_env has the path " + Quoted(source.get<std::string>()) +
                   ", and Serve takes URIs alone, from which the pods fetch it");
  }

  // KubeRay's Services lead to the port of the head's container that is named `serve`.
  void CheckPort(const Json& config) {
    const Json& port = At(config, {"http_options", "port"});
    if (port.is_number_integer() && port.get<int>() != kServePort)
      problems_.push_back({-1, "http_options",
                           "http_options.port is " + std::to_string(port.get<int>()) +
                               ", and the service leads to " + std::to_string(kServePort) +
                               " unless the containers' port `serve` is another",
                           true});
  }

  std::vector<ServeProblem> problems_;
  std::map<std::string, int> names_, routes_;
};

// The place of the key, else that of what it would be in. `root` is read alone.
YAML::Node PlaceOf(const YAML::Node& root, const ServeProblem& problem) {
  YAML::Node at = root;
  if (problem.application >= 0) {
    const YAML::Node applications = root[kApplications];
    if (!applications || !applications.IsSequence()) return root;
    const YAML::Node item = applications[static_cast<std::size_t>(problem.application)];
    if (!item) return root;
    at.reset(item);
  }
  if (at.IsMap())
    for (const auto& member : at)
      if (member.first.IsScalar() && member.first.Scalar() == problem.field) return member.first;
  return at;
}

}  // namespace

std::vector<ServeProblem> ServeProblemsOf(const Json& config) { return Judge().Of(config); }

Result<ServeConfig> ParseServeConfig(std::string_view name, std::string_view text) {
  ASSIGN_OR_RETURN(const YAML::Node root, LoadYaml(name, text));
  ServeConfig config;
  ASSIGN_OR_RETURN(config.value, YamlToJson(name, root));
  std::string refused;
  for (const ServeProblem& problem : ServeProblemsOf(config.value)) {
    const YAML::Mark mark = PlaceOf(root, problem).Mark();
    std::string line = std::string(name) + ":" + std::to_string(mark.line + 1) + ":" +
                       std::to_string(mark.column + 1) + ": " + problem.cause;
    if (problem.is_warning)
      config.warnings.push_back(std::move(line));
    else
      refused += "\n  " + line;
  }
  if (!refused.empty()) return Fail(ErrorCode::kUsage, "cannot use what Ray Serve would refuse:" + refused);
  return config;
}

shared::Status CheckServeConfig(const Json& config) {
  std::string refused;
  for (const ServeProblem& problem : ServeProblemsOf(config))
    if (!problem.is_warning) refused += "\n  " + problem.cause;
  if (refused.empty()) return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot use what Ray Serve would refuse:" + refused);
}

void AddApplication(const ServeApplication& application, Json* config) {
  Json added = {{"name", application.name},
                {"route_prefix", application.route_prefix},
                {"import_path", application.import_path}};
  if (!application.runtime_env.is_null()) added["runtime_env"] = application.runtime_env;
  if (config->is_null()) *config = Json::object();
  (*config)[kApplications].push_back(std::move(added));
}

}  // namespace kubectl_ray
