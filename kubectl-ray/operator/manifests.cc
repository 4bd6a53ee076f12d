#include "kubectl-ray/operator/manifests.h"

#include "kubectl-ray/formats/image_tag.h"
#include "kubectl-ray/operator/definitions.h"
#include "kubectl-ray/operator/flags.h"
#include "kubectl-ray/operator/resources.h"
#include "shared/split.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr const char* kRights = "rbac.authorization.k8s.io";

// As in KubeRay's config; Helm's chart has others, and a selector cannot be changed.
const Json kLabels = {{"app.kubernetes.io/name", "kuberay"}, {"app.kubernetes.io/component", kOperatorName}};

Json ObjectOf(const Resource& resource, const std::string& ns, const std::string& name) {
  Json object = {{"apiVersion", resource.ApiVersion()}, {"kind", resource.kind}};
  object["metadata"] = {{"name", name}};
  if (!ns.empty()) object["metadata"]["namespace"] = ns;
  object["metadata"]["labels"] = kLabels;
  return object;
}

Json Rule(const char* group, Json resources, Json verbs) {
  return {{"apiGroups", Json::array({group})}, {"resources", resources}, {"verbs", verbs}};
}

Json BindingOf(const Resource& resource, const std::string& ns, const std::string& name, const Resource& role,
               const std::string& role_name, const OperatorSetup& setup) {
  Json binding = ObjectOf(resource, ns, name);
  binding["roleRef"] = {{"apiGroup", kRights}, {"kind", role.kind}, {"name", role_name}};
  const std::string account =
      StringAt(At(setup.live, {"spec", "template", "spec"}), {"serviceAccountName"}, kOperatorName);
  binding["subjects"] =
      Json::array({{{"kind", "ServiceAccount"}, {"name", account}, {"namespace", setup.ns}}});
  return binding;
}

// Rights on Ray's objects for everybody who has the roles view, edit or admin in a namespace: KubeRay's own
// roles for users have to be bound one by one, and none is for RayClusters (kuberay issues 1796, 3193).
Json UserRole(const char* name, const char* aggregate, Json verbs, const OperatorRelease& release) {
  Json kinds = {"rayclusters", "rayjobs", "rayservices"};
  if (VersionNumbers(release.version) >= std::vector{1, 6}) kinds.push_back("raycronjobs");
  Json states = Json::array();
  for (const Json& kind : kinds) states.push_back(kind.get<std::string>() + "/status");
  Json role = ObjectOf(kClusterRoles, "", name);
  role["metadata"]["labels"][std::string("rbac.authorization.k8s.io/aggregate-to-") + aggregate] = "true";
  role["rules"] = Json::array({Rule("ray.io", kinds, std::move(verbs)), Rule("ray.io", states, {"get"})});
  return role;
}

Json LeaderRules() {
  return Json::array({
      Rule("", {"configmaps"}, {"get", "list", "watch", "create", "update", "patch", "delete"}),
      Rule("", {"events"}, {"create"}),
      Rule("coordination.k8s.io", {"leases"}, {"create", "get", "list", "update"}),
  });
}

Json ServiceOf(const OperatorSetup& setup) {
  Json service = ObjectOf(kServices, setup.ns, StringAt(setup.live, {"metadata", "name"}, kOperatorName));
  service["metadata"]["annotations"] = {
      {"prometheus.io/path", "/metrics"}, {"prometheus.io/scrape", "true"}, {"prometheus.io/port", "8080"}};
  const Json& live = At(setup.live, {"spec", "selector", "matchLabels"});
  // Helm's chart calls this port "http", and a ServiceMonitor may select it by that.
  const bool charts = StringAt(live, {"app.kubernetes.io/name"}) == kOperatorName;
  service["spec"] = {
      {"type", "ClusterIP"},
      {"selector", live.is_object() ? live : kLabels},
      {"ports",
       Json::array({{{"name", charts ? "http" : "monitoring-port"}, {"port", 8080}, {"targetPort", 8080}}})}};
  return service;
}

Json Probe() {
  return {{"httpGet", {{"path", "/metrics"}, {"port", "http"}}},
          {"initialDelaySeconds", 10},
          {"periodSeconds", 5},
          {"failureThreshold", 5}};
}

// The repository of "registry:5000/a/operator:v1.5.1@sha256:...".
std::string RepositoryOf(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const std::size_t colon = name.rfind(':');
  return colon == name.npos || name.find('/', colon) != name.npos ? name : name.substr(0, colon);
}

std::string ImageOf(const OperatorSetup& setup, const Json& live) {
  if (!setup.image.empty()) return setup.image;
  const std::string image = StringAt(live, {"image"});
  if (image.empty()) return setup.release->image();
  // The same release stays at its image, which may be pinned by a digest.
  if (VersionNumbers(ImageTag(image)) == VersionNumbers(setup.release->version)) return image;
  // Tags of mirrors are often without the "v".
  const bool bare = !VersionNumbers(ImageTag(image)).empty() && !ImageTag(image).starts_with('v');
  return RepositoryOf(image) + (bare ? ":" : ":v") + setup.release->version;
}

Json ContainerOf(const OperatorSetup& setup) {
  const Json& live = OperatorContainer(setup.live);
  Json container = {
      {"name", kOperatorName},
      {"image", ImageOf(setup, live)},
      {"imagePullPolicy", "IfNotPresent"},
      {"command", {"/manager"}},
      {"args", Json::array()},
      {"ports", Json::array({{{"name", "http"}, {"containerPort", 8080}, {"protocol", "TCP"}}})},
      {"livenessProbe", Probe()},
      {"readinessProbe", Probe()},
      {"resources",
       {{"limits", {{"cpu", "100m"}, {"memory", "512Mi"}}},
        {"requests", {{"cpu", "100m"}, {"memory", "512Mi"}}}}},
      {"securityContext",
       {{"allowPrivilegeEscalation", false},
        {"capabilities", {{"drop", {"ALL"}}}},
        {"readOnlyRootFilesystem", true},
        {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
  for (const char* kept :
       {"name", "imagePullPolicy", "args", "env", "envFrom", "livenessProbe", "readinessProbe", "resources"})
    if (const Json& value = At(live, {kept}); !value.is_null()) container[kept] = value;
  if (setup.gates) SetOperatorFlag(&container["args"], "feature-gates", *setup.gates);
  std::string watched;
  for (const std::string& ns : setup.watched) watched += (watched.empty() ? "" : ",") + ns;
  if (!watched.empty()) SetOperatorFlag(&container["args"], "watch-namespace", watched);
  if (container["args"].empty()) container.erase("args");
  return container;
}

Json DeploymentOf(const OperatorSetup& setup) {
  const Json& live = setup.live;
  Json deployment = ObjectOf(kDeployments, setup.ns, StringAt(live, {"metadata", "name"}, kOperatorName));
  if (const Json& labels = At(live, {"metadata", "labels"}); labels.is_object())
    deployment["metadata"]["labels"] = labels;
  Json selector = {{"matchLabels", kLabels}}, labels = kLabels;
  if (const Json& kept = At(live, {"spec", "selector"}); kept.is_object()) selector = kept;
  if (const Json& kept = At(live, {"spec", "template", "metadata", "labels"}); kept.is_object())
    labels = kept;
  Json pod = {{"serviceAccountName",
               StringAt(live, {"spec", "template", "spec", "serviceAccountName"}, kOperatorName)},
              {"securityContext", {{"runAsNonRoot", true}, {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
              {"terminationGracePeriodSeconds", 10},
              {"containers", Json::array({ContainerOf(setup)})}};
  deployment["spec"] = {
      {"replicas", shared::IntAt(live, {"spec", "replicas"}, 1)},
      {"strategy", {{"type", "Recreate"}}},
      {"selector", std::move(selector)},
      {"template", {{"metadata", {{"labels", std::move(labels)}}}, {"spec", std::move(pod)}}}};
  return deployment;
}

class Objects {
 public:
  explicit Objects(const OperatorSetup& setup) : setup_(setup) {}

  void Add(const Resource& resource, OperatorPart part, Json object) {
    objects_.push_back({resource, part, std::move(object)});
  }

  // The operator's rights: in the whole cluster, or in each namespace that it looks after.
  void AddRights() {
    const auto add = [this](const std::string& ns, const Resource& role, const Resource& binding) {
      Json rights = ObjectOf(role, ns, kOperatorName);
      rights["rules"] = setup_.release->rules;
      Add(role, OperatorPart::kAdmin, std::move(rights));
      Add(binding, OperatorPart::kAdmin, BindingOf(binding, ns, kOperatorName, role, kOperatorName, setup_));
    };
    if (setup_.watched.empty()) add("", kClusterRoles, kClusterRoleBindings);
    for (const std::string& ns : setup_.watched) add(ns, kRoles, kRoleBindings);
    const std::string leader = std::string(kOperatorName) + "-leader-election";
    Json rights = ObjectOf(kRoles, setup_.ns, leader);
    rights["rules"] = LeaderRules();
    Add(kRoles, OperatorPart::kAdmin, std::move(rights));
    Add(kRoleBindings, OperatorPart::kAdmin,
        BindingOf(kRoleBindings, setup_.ns, leader, kRoles, leader, setup_));
  }

  std::vector<OperatorObject> Take() { return std::move(objects_); }

 private:
  const OperatorSetup& setup_;
  std::vector<OperatorObject> objects_;
};

}  // namespace

std::string OperatorObject::ns() const { return StringAt(object, {"metadata", "namespace"}); }
std::string OperatorObject::name() const { return StringAt(object, {"metadata", "name"}); }

const Json& OperatorContainer(const Json& deployment) {
  static const Json none;
  const Json& containers = At(deployment, {"spec", "template", "spec", "containers"});
  if (!containers.is_array() || containers.empty()) return none;
  for (const Json& container : containers)
    if (StringAt(container, {"name"}) == kOperatorName) return container;
  return containers[0];
}

std::vector<std::string> WatchedNamespaces(const Json& deployment) {
  const auto flag = OperatorFlag(At(OperatorContainer(deployment), {"args"}), "watch-namespace");
  std::vector<std::string> namespaces;
  if (!flag) return namespaces;
  for (std::string_view ns : shared::Split(*flag, ','))
    if (!ns.empty()) namespaces.emplace_back(ns);
  return namespaces;
}

shared::Result<std::vector<OperatorObject>> OperatorObjects(const OperatorSetup& setup) {
  Objects objects(setup);
  ASSIGN_OR_RETURN(std::vector<Json> definitions, DefinitionsOf(*setup.release));
  for (Json& definition : definitions) objects.Add(kDefinitions, OperatorPart::kAdmin, std::move(definition));
  if (setup.make_namespace) {
    Json ns = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", setup.ns}}}};
    objects.Add(kNamespaces, OperatorPart::kAdmin, std::move(ns));
  }
  const Json read = {"get", "list", "watch"};
  const Json write = {"create", "delete", "deletecollection", "patch", "update"};
  objects.Add(kClusterRoles, OperatorPart::kAdmin, UserRole("ray-viewer", "view", read, *setup.release));
  objects.Add(kClusterRoles, OperatorPart::kAdmin, UserRole("ray-editor", "edit", write, *setup.release));
  objects.AddRights();
  const std::string account =
      StringAt(setup.live, {"spec", "template", "spec", "serviceAccountName"}, kOperatorName);
  objects.Add(kServiceAccounts, OperatorPart::kUser, ObjectOf(kServiceAccounts, setup.ns, account));
  objects.Add(kServices, OperatorPart::kUser, ServiceOf(setup));
  objects.Add(kDeployments, OperatorPart::kUser, DeploymentOf(setup));
  return objects.Take();
}

}  // namespace kubectl_ray
