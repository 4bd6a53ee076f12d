#include "kubectl-ray/kube/api_error.h"

#include <algorithm>
#include <vector>

#include "shared/html.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Json;
using shared::StringAt;

std::vector<std::string> Segments(std::string_view path) {
  path = path.substr(0, path.find('?'));
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

std::string Verb(std::string_view method, std::string_view path, bool named) {
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  if (named) return "get";
  return path.find("watch=true") != std::string_view::npos ? "watch" : "list";
}

ErrorCode CodeOf(int status) {
  switch (status) {
    case 400:
    case 422:
      return ErrorCode::kUsage;
    case 401:
    case 403:
    case 407:
      return ErrorCode::kAuth;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    case 408:
    case 504:
      return ErrorCode::kTimeout;
    default:
      return status == 429 || status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInternal;
  }
}

// The subresources that are opened as a WebSocket, by a GET. API servers up to 1.34 check the verb "get"
// only, later ones "create" as well. Source: Kubernetes 1.35, AuthorizePodWebsocketUpgradeCreatePermission.
bool IsStream(const RequestInfo& info) {
  return info.resource == "pods/exec" || info.resource == "pods/attach" ||
         info.resource == "pods/portforward";
}

std::string HintForForbidden(const RequestInfo& info) {
  const std::string scope = info.ns.empty() ? " -A" : " -n " + info.ns;
  std::string dotted = info.resource;
  std::string subresource;
  if (const std::size_t slash = dotted.find('/'); slash != std::string::npos) {
    subresource = " --subresource=" + dotted.substr(slash + 1);
    dotted.resize(slash);
  }
  const auto can_i = [&](const std::string& verb) {
    return "`kubectl auth can-i " + verb + " " + dotted + subresource + scope + "`";
  };
  const bool both = IsStream(info);
  return "A role of yours has to allow " +
         (both ? "the verbs \"get\" and \"create\"" : "the verb \"" + info.verb + "\"") + " on \"" +
         info.resource + "\"" +
         (info.ns.empty() ? " in all namespaces" : " in namespace \"" + info.ns + "\"") + "; " +
         (both ? can_i("get") + " and " + can_i("create") + " say" : can_i(info.verb) + " says") +
         " whether one does, and the cluster's administrator can add it.";
}

std::string HintFor(const RequestInfo& info, int code, const Json& status) {
  if (code == 403 && !info.resource.empty()) return HintForForbidden(info);
  if (code == 401) return "Sign in to the cluster again; `kubectl auth whoami` shows who it takes you for.";
  const bool no_such_type = code == 404 && StringAt(status, {"details", "name"}).empty();
  if (no_such_type && info.resource.ends_with(".ray.io"))
    return "The KubeRay operator's resources are not installed in this cluster; clusters without the "
           "operator "
           "work all the same: `kubectl ray create cluster NAME --without-operator`.";
  return "";
}

// Something between us and the API server has answered.
std::string HintForPage(const RequestInfo& info, int status) {
  if (status == 413)
    return std::string(
               "A proxy in front of the API server bounds the size of what is sent to it (nginx: "
               "client_max_body_size).") +
           (info.resource == "configmaps"
                ? " The agent's ConfigMap has about 1 MB: --agent-image IMAGE brings the "
                  "agent by an image, --no-agent does without it."
                : "");
  const bool sign_in = status < 400 || status == 401 || status == 403;
  return std::string(
             "That is not the Kubernetes API's answer: look at the proxy settings and the server's address") +
         (sign_in ? ", or sign in to the proxy in front of it." : ".");
}

// Returns `spec.headGroupSpec: Required value; ...` from a 422's causes, if the message does not say it all.
std::string Causes(const Json& status) {
  std::string text;
  const Json& causes = shared::At(status, {"details", "causes"});
  if (!causes.is_array()) return text;
  for (std::size_t i = 0; i < causes.size() && i < 8; ++i) {
    const std::string field = StringAt(causes[i], {"field"});
    text +=
        (text.empty() ? "" : "; ") + (field.empty() ? "" : field + ": ") + StringAt(causes[i], {"message"});
  }
  return text;
}

}  // namespace

RequestInfo DescribeRequest(std::string_view method, std::string_view path) {
  std::vector<std::string> segments = Segments(path);
  auto at = [&](std::size_t i) { return i < segments.size() ? segments[i] : std::string(); };
  std::string group;
  std::size_t next = 0;
  if (at(0) == "api" && segments.size() > 2) {
    next = 2;
  } else if (at(0) == "apis" && segments.size() > 3) {
    group = at(1);
    next = 3;
  } else {
    return {method == "GET" ? "get" : Verb(method, path, true), "", "",
            std::string(path.substr(0, path.find('?')))};
  }
  RequestInfo info;
  if (at(next) == "namespaces" && segments.size() > next + 2) {
    info.ns = at(next + 1);
    next += 2;
  }
  info.resource = at(next) + (group.empty() ? "" : "." + group);
  info.name = at(next + 1);
  if (const std::string subresource = at(next + 2); !subresource.empty()) info.resource += "/" + subresource;
  info.verb = Verb(method, path, !info.name.empty());
  return info;
}

std::string ToString(const RequestInfo& info) {
  std::string text = info.verb;
  if (!info.resource.empty()) text += " " + info.resource;
  if (!info.name.empty()) text += " \"" + info.name + "\"";
  if (!info.ns.empty()) text += " in namespace \"" + info.ns + "\"";
  return text;
}

Error ErrorFromStatus(const RequestInfo& info, int code, const Json& status) {
  Error error{CodeOf(code), "cannot " + ToString(info), HintFor(info, code, status)};
  std::string message = StringAt(status, {"message"});
  if (code == 404) {
    const std::string missing = StringAt(status, {"details", "name"});
    if (missing.empty() && !info.resource.empty()) {
      error.message += ": the API server does not serve " + info.resource;
    } else {  // the namespace of a write is missing: the message names it
      error.message += ": " + (missing == info.name || message.empty() ? "not found" : message);
    }
    return error;
  }
  const std::string causes = Causes(status);
  if (message.empty()) message = causes.empty() ? "the API server answered " + std::to_string(code) : causes;
  if (code == 401) message = "the API server does not accept these credentials";
  if (code == 403) message = "forbidden: " + message;
  error.message += ": " + message;
  return error;
}

Error ErrorFromResponse(const RequestInfo& info, const shared::HttpResponse& response) {
  const auto status = shared::ParseJson(response.body);
  if (status && status->is_object() && StringAt(*status, {"kind"}) == "Status")
    return ErrorFromStatus(info, response.status, *status);
  const bool html = shared::IsHtml(response.body);
  // An API group that is not served answers with a bare "404 page not found".
  if (response.status == 404 && !html) return ErrorFromStatus(info, 404, Json());
  const std::string location(response.Header("location"));
  std::string said = location.empty() ? shared::PageWords(response.body) : "go to " + location;
  Error error{CodeOf(response.status), "cannot " + ToString(info) + ": answered " +
                                           std::to_string(response.status) +
                                           (said.empty() ? " and no more" : ": " + said)};
  if (response.status == 401 || response.status == 403) error.hint = HintFor(info, response.status, Json());
  if (html || !location.empty()) {
    error.hint = HintForPage(info, response.status);
    if (error.code == ErrorCode::kUsage) error.code = ErrorCode::kInternal;
  }
  return error;
}

}  // namespace kubectl_ray
