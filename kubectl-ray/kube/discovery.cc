#include "kubectl-ray/kube/discovery.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

shared::Unexpected<shared::Error> NotServed(const std::string& api_version, const std::string& kind) {
  return Fail(
      ErrorCode::kUsage,
      "cannot apply a " + kind + " of " + api_version + ": the API server serves no such kind",
      "`kubectl api-resources` lists what it serves; a kind of an operator's comes with that operator.");
}

Resource Split(const std::string& api_version) {
  const std::size_t slash = api_version.find('/');
  if (slash == api_version.npos) return {.group = "", .version = api_version, .plural = "", .kind = ""};
  return {.group = api_version.substr(0, slash),
          .version = api_version.substr(slash + 1),
          .plural = "",
          .kind = ""};
}

}  // namespace

shared::Result<ServedKind> FindServedKind(const KubeClient& kube, const std::string& api_version,
                                          const std::string& kind) {
  Resource resource = Split(api_version);
  // Nothing of the file gets into the path but a group and a version.
  if (resource.version.empty() || api_version.find_first_of("?#%\\ ") != api_version.npos ||
      resource.version.find('/') != api_version.npos || api_version.find("..") != api_version.npos)
    return NotServed(api_version, kind);
  auto answer = kube.Send({}, (resource.group.empty() ? "/api/" : "/apis/") + api_version);
  if (!answer && answer.error().code == ErrorCode::kNotFound) return NotServed(api_version, kind);
  if (!answer) return shared::Unexpected(answer.error());
  ASSIGN_OR_RETURN(const Json list, shared::ParseJson(answer->body));
  const Json& resources = shared::At(list, {"resources"});
  if (resources.is_array())
    for (const Json& served : resources) {
      const std::string name = StringAt(served, {"name"});
      if (StringAt(served, {"kind"}) != kind || name.find('/') != name.npos) continue;
      resource.plural = name;
      resource.kind = kind;
      return ServedKind{std::move(resource), shared::BoolAt(served, {"namespaced"})};
    }
  return NotServed(api_version, kind);
}

}  // namespace kubectl_ray
