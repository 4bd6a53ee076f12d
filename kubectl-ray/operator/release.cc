#include "kubectl-ray/operator/release.h"

#include <charconv>

#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;

constexpr const char* kAll = "create delete get list patch update watch";
constexpr const char* kRead = "get list watch";

struct RuleRow {
  const char* group;
  const char* resources;
  const char* verbs;
  int first_minor = 0;  // of KubeRay 1
  int last_minor = 99;
};

// In the order of KubeRay's config/rbac/role.yaml.
constexpr RuleRow kRules[] = {
    {"", "endpoints", kRead, 0, 5},
    {"", "events pods/status services", kAll},
    {"", "pods", "create delete deletecollection get list patch update watch"},
    {"", "pods/proxy services/status", "get patch update"},
    {"", "pods/resize", "patch"},
    {"", "secrets", "create get list watch"},
    {"", "serviceaccounts", "create delete get list watch"},
    {"", "services/proxy", "create get patch update"},
    {"batch", "jobs", kAll},
    {"coordination.k8s.io", "leases", "create get list update"},
    {"discovery.k8s.io", "endpointslices", kRead, 6},
    {"extensions", "ingresses", kAll},
    {"networking.k8s.io", "ingresses", kAll},
    {"gateway.networking.k8s.io", "gateways httproutes", "create get list update watch"},
    {"networking.k8s.io", "ingressclasses", kRead},
    {"ray.io", "rayclusters rayjobs rayservices", kAll},
    {"ray.io", "rayclusters/finalizers rayjobs/finalizers rayservices/finalizers", "update"},
    {"ray.io", "rayclusters/status rayjobs/status rayservices/status", "get patch update"},
    {"ray.io", "raycronjobs", kAll, 6},
    {"ray.io", "raycronjobs/finalizers", "update", 6},
    {"ray.io", "raycronjobs/status", "get patch update", 6},
    {"rbac.authorization.k8s.io", "rolebindings", "create delete get list watch"},
    {"rbac.authorization.k8s.io", "roles", "create delete get list update watch"},
    {"route.openshift.io", "routes", kAll},
};

Json Words(std::string_view text) {
  Json words = Json::array();
  for (std::string_view word : shared::Split(text, ' ')) words.push_back(word);
  return words;
}

Json RulesOfMinor(int minor) {
  Json rules = Json::array();
  for (const RuleRow& row : kRules)
    if (row.first_minor <= minor && minor <= row.last_minor)
      rules.push_back({{"apiGroups", Json::array({row.group})},
                       {"resources", Words(row.resources)},
                       {"verbs", Words(row.verbs)}});
  return rules;
}

std::vector<std::string> Texts(const Json& rule, const char* member) {
  std::vector<std::string> texts;
  for (const Json& text : shared::At(rule, {member}))
    if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

}  // namespace

std::span<const OperatorRelease> OperatorReleases() {
  static const std::vector<OperatorRelease> releases = {
      {"1.5.1",
       {{"RayClusterStatusConditions", true},
        {"RayJobDeletionPolicy", false},
        {"RayMultiHostIndexing", false},
        {"RayServiceIncrementalUpgrade", false}},
       RulesOfMinor(5)},
      {"1.6.2",
       {{"AsyncJobInfoQuery", false},
        {"RayClusterStatusConditions", true},
        {"RayCronJob", false},
        {"RayJobDeletionPolicy", true},
        {"RayMultiHostIndexing", true},
        {"RayServiceIncrementalUpgrade", false}},
       RulesOfMinor(6)},
  };
  return releases;
}

shared::Result<const OperatorRelease*> FindOperatorRelease(const std::string& version) {
  const auto releases = OperatorReleases();
  if (version.empty()) return &releases.back();
  std::string known;
  for (const OperatorRelease& release : releases) {
    if (version == release.version || version == "v" + release.version) return &release;
    known += (known.empty() ? "" : ", ") + release.version;
  }
  return Fail(ErrorCode::kUsage,
              "cannot install KubeRay's operator \"" + shared::EscapeControl(version) +
                  "\": this program does not carry that release",
              "It carries " + known + "; other releases come with other versions of this program.");
}

std::set<Right> RightsOf(const Json& rules) {
  std::set<Right> rights;
  if (!rules.is_array()) return rights;
  for (const Json& rule : rules)
    for (const std::string& group : Texts(rule, "apiGroups"))
      for (const std::string& resource : Texts(rule, "resources"))
        for (const std::string& verb : Texts(rule, "verbs")) rights.insert({group, resource, verb});
  return rights;
}

std::vector<int> VersionNumbers(const std::string& version) {
  std::vector<int> numbers;
  const char* at = version.data();
  const char* const end = at + version.size();
  if (at != end && *at == 'v') ++at;
  for (;;) {
    int number = 0;
    const auto [next, failure] = std::from_chars(at, end, number);
    if (failure != std::errc() || number < 0) return numbers;
    numbers.push_back(number);
    if (next == end || *next != '.') return numbers;
    at = next + 1;
  }
}

}  // namespace kubectl_ray
