#include "kubectl-ray/services/serve_plan.h"

#include <algorithm>
#include <map>
#include <set>

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
constexpr const char* kGoesAlong = "a program deployed it, and this Ray may not keep it";

std::string NameOf(const Json& application) { return StringAt(application, {"name"}, "default"); }

// Empty: it is not reached over HTTP.
std::string RouteOf(const Json& application) {
  if (application.contains("route_prefix") && application["route_prefix"].is_null()) return "";
  return StringAt(application, {"route_prefix"}, "/");
}

bool IsGoing(const ServedApplication& application) { return application.status == "DELETING"; }

std::string DifferingFields(const Json& before, const Json& after) {
  std::set<std::string> names;
  for (const Json* one : {&before, &after})
    for (const auto& [name, value] : one->items())
      if (name != "name" && At(before, {name}) != At(after, {name})) names.insert(name);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// `logging`: of the whole config. Serve keeps it as that of each application which has none (controller.py).
ServeChange ChangeOf(Json application, const Json& logging, const ServedApplication* live) {
  const std::string name = NameOf(application);
  if (!logging.is_null() && At(application, {"logging_config"}).is_null())
    application["logging_config"] = logging;
  if (live == nullptr || IsGoing(*live)) return {name, ServeChangeKind::kCreated, ""};
  if (!live->config.is_object()) return {name, ServeChangeKind::kConfigured, "a program deployed it before"};
  const std::string fields = DifferingFields(live->config, application);
  return {name, fields.empty() ? ServeChangeKind::kUnchanged : ServeChangeKind::kConfigured, fields};
}

// What the dashboard shows to browsers, or a gateway to all, in the place of variables
// (runtime_env_redaction.py).
bool IsHidden(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>() == "<redacted>";
  return value.is_structured() && std::any_of(value.begin(), value.end(), IsHidden);
}

class Planner {
 public:
  explicit Planner(const ServeInstance& instance) : instance_(instance) {
    plan_.body = {{kApplications, Json::array()}};
  }

  // The config's own fields besides its applications. Serve takes some only when it is started; what is left
  // out of the rest it sets back.
  void Options(const Json& config, bool replace) {
    for (const auto& [name, value] : config.items())
      if (name != kApplications) plan_.body[name] = value;
    if (!replace && !config.contains("target_capacity") && instance_.options.contains("target_capacity"))
      plan_.body["target_capacity"] = instance_.options["target_capacity"];
    if (!instance_.runs) return;
    for (const char* option : {"http_options", "grpc_options"})
      if (const Json& wanted = At(config, {option}); wanted.is_object())
        for (const auto& [name, value] : wanted.items())
          Note(std::string(option) + "." + name, At(instance_.options, {option, name}), value);
    for (const char* option : {"proxy_location", "controller_options"})
      if (config.contains(option)) Note(option, At(instance_.options, {option}), config[option]);
  }

  shared::Status Wanted(const Json& application) {
    const std::string name = NameOf(application);
    plan_.changes.push_back(ChangeOf(application, At(plan_.body, {"logging_config"}), Find(name)));
    named_.insert(name);
    plan_.body[kApplications].push_back(application);
    return Route(name, RouteOf(application));
  }

  // An application that nobody named.
  shared::Status Other(const ServedApplication& application, bool replace) {
    if (IsGoing(application) || named_.contains(application.name)) return shared::Ok();
    if (application.by == ServedBy::kUnknown) {
      plan_.changes.push_back({application.name, ServeChangeKind::kDeleted, kGoesAlong});
      return shared::Ok();
    }
    if (replace && application.by == ServedBy::kConfig) {
      plan_.changes.push_back({application.name, ServeChangeKind::kDeleted, ""});
      return shared::Ok();
    }
    return Keep(application);
  }

  shared::Status Keep(const ServedApplication& application) {
    plan_.changes.push_back({application.name, ServeChangeKind::kKept, ""});
    if (application.by == ServedBy::kProgram) return Route(application.name, application.route);
    if (IsHidden(application.config))
      return Fail(ErrorCode::kConflict,
                  "cannot keep application \"" + application.name +
                      "\": the dashboard hides values of its runtime_env, which would have to be sent again",
                  "Give a Serve config with all applications, and --replace.");
    plan_.body[kApplications].push_back(application.config);
    return Route(application.name,
                 application.route.empty() ? RouteOf(application.config) : application.route);
  }

  void Left(const ServedApplication& application) {
    named_.insert(application.name);
    plan_.changes.push_back({application.name, ServeChangeKind::kDeleted, ""});
  }

  const ServedApplication* Find(const std::string& name) const {
    for (const ServedApplication& application : instance_.applications)
      if (application.name == name) return &application;
    return nullptr;
  }

  ServePlan Take() { return std::move(plan_); }

 private:
  void Note(const std::string& option, const Json& now, const Json& wanted) {
    if (now == wanted) return;
    plan_.notes.push_back(option + " stays " + (now.is_null() ? "as it is" : shared::DumpJson(now)) +
                          ": Serve takes it only when it is started, and it runs");
  }

  shared::Status Route(const std::string& name, const std::string& route) {
    if (route.empty()) return shared::Ok();
    const auto [other, is_new] = routes_.emplace(route, name);
    if (is_new) return shared::Ok();
    return Fail(ErrorCode::kConflict,
                "cannot deploy applications \"" + other->second + "\" and \"" + name +
                    "\": both have the route \"" + route + "\"",
                "Give another one by --route-prefix, or route_prefix in the Serve config.");
  }

  const ServeInstance& instance_;
  ServePlan plan_;
  std::set<std::string> named_;
  std::map<std::string, std::string> routes_;
};

shared::Unexpected<shared::Error> NotServing(const ServeInstance& instance, const std::string& name) {
  std::vector<std::string> names;
  std::string listed;
  for (const ServedApplication& application : instance.applications) {
    if (IsGoing(application)) continue;
    names.push_back(application.name);
    listed += (listed.empty() ? "" : ", ") + application.name;
  }
  const std::string near = shared::NearestName(name, names);
  return Fail(ErrorCode::kNotFound, "Serve has no application \"" + name + "\"",
              !near.empty()    ? "Did you mean \"" + near + "\"?"
              : listed.empty() ? "It has none at all."
                               : "It has " + listed + ".");
}

const char* Word(ServeChangeKind kind) {
  switch (kind) {
    case ServeChangeKind::kCreated:
      return "created";
    case ServeChangeKind::kConfigured:
      return "configured";
    case ServeChangeKind::kUnchanged:
      return "unchanged";
    case ServeChangeKind::kKept:
      return "stays as it is";
    case ServeChangeKind::kDeleted:
      break;
  }
  return "deleted";
}

}  // namespace

Result<ServePlan> PlanServe(const ServeInstance& instance, const Json& config, bool replace) {
  Planner planner(instance);
  planner.Options(config, replace);
  for (const Json& application : At(config, {kApplications})) TRY(planner.Wanted(application));
  for (const ServedApplication& application : instance.applications) TRY(planner.Other(application, replace));
  return planner.Take();
}

Result<ServePlan> PlanServeWithout(const ServeInstance& instance, const std::vector<std::string>& names) {
  Planner planner(instance);
  planner.Options(Json::object(), false);
  for (const std::string& name : names) {
    const ServedApplication* live = planner.Find(name);
    if (live == nullptr || IsGoing(*live)) return NotServing(instance, name);
    if (live->by == ServedBy::kProgram)
      return Fail(
          ErrorCode::kConflict,
          "cannot delete application \"" + name + "\": a program deployed it, and no config takes it away",
          "Have a program call serve.delete(\"" + name + "\"), or delete all by --all.");
    planner.Left(*live);
  }
  for (const ServedApplication& application : instance.applications) TRY(planner.Other(application, false));
  return planner.Take();
}

std::string RenderServeChanges(const std::vector<ServeChange>& changes, const std::string& outcome) {
  std::string text;
  for (const ServeChange& change : changes)
    text += shared::EscapeControl("application/" + change.name + " " + Word(change.kind) +
                                  (change.detail.empty() ? "" : " (" + change.detail + ")") + outcome) +
            "\n";
  return text;
}

std::string ListDeleted(const std::vector<ServeChange>& changes) {
  std::string text;
  for (const ServeChange& change : changes)
    if (change.kind == ServeChangeKind::kDeleted)
      text += "\n- " + shared::EscapeControl("application/" + change.name +
                                             (change.detail.empty() ? "" : " (" + change.detail + ")"));
  return text;
}

}  // namespace kubectl_ray
