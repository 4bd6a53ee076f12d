#include "kubectl-ray/rights/command_rights.h"

#include <map>
#include <set>
#include <utility>

#include "kubectl-ray/kinds/network_policies.h"
#include "kubectl-ray/kinds/prometheus.h"
#include "kubectl-ray/kinds/ray_resources.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using Rights = std::vector<NeededRight>;
using Verbs = std::vector<std::string>;
using Of = NeededRight::Of;

NeededRight On(const Resource& resource, Verbs verbs, Of of = Of::kAny) {
  return {resource.group, resource.plural, std::move(verbs), of};
}
NeededRight OnRayClusters(Verbs verbs) { return On(kRayClusters, std::move(verbs), Of::kOperator); }
NeededRight OnDeployments(Verbs verbs) { return On(kDeployments, std::move(verbs), Of::kPlain); }
NeededRight OnRayJobs(Verbs verbs) { return On(kRayJobs, std::move(verbs), Of::kOperator); }
NeededRight OnRayServices(Verbs verbs) { return On(kRayServices, std::move(verbs), Of::kOperator); }
NeededRight OnRayCronJobs(Verbs verbs) { return On(kRayCronJobs, std::move(verbs), Of::kOperator); }
NeededRight OnPods(Verbs verbs) { return On(kPods, std::move(verbs)); }
NeededRight OnLogs() { return {"", "pods/log", {"get"}}; }
// WebSockets: API servers up to 1.34 ask for `get`, later ones for `create` as well (kube/api_error.cc).
// SPDY, which is tried if they are refused, takes `create`.
NeededRight OnStream(const char* subresource) { return {"", subresource, {"get", "create"}}; }

// What commands share. Each is what the function of that name asks for, with what is below it.
Rights FindCluster() { return {OnRayClusters({"get"}), OnDeployments({"get", "list"})}; }
Rights ListClusters() { return {OnRayClusters({"list"}), OnDeployments({"list"})}; }
Rights WatchClusters() { return {OnRayClusters({"list", "watch"}), OnDeployments({"list", "watch"})}; }
Rights PatchCluster() { return {OnRayClusters({"patch"}), OnDeployments({"patch"})}; }
Rights ResolveTarget() { return {OnRayJobs({"get"}), OnRayServices({"get"})}; }
Rights ConnectDashboard() { return {OnPods({"list"}), OnStream("pods/portforward"), On(kSecrets, {"get"})}; }
Rights FindJob() { return {OnRayJobs({"get", "list"})}; }
Rights BringAgent() { return {On(kConfigMaps, {"get", "create"}), On(kNamespaces, {"get"})}; }
Rights WaitReady() {
  return {OnPods({"list", "watch"}), OnDeployments({"list"}), OnRayClusters({"get"}),
          On(kEvents, {"list"}, Of::kOperator)};
}
Rights WaitGone() { return {OnPods({"list", "watch"})}; }
Rights ReachPods() { return {OnPods({"get", "list"}), OnStream("pods/exec")}; }
Rights ReadLogs() { return {OnPods({"list", "watch"}), OnLogs(), OnStream("pods/exec")}; }

Rights KeepRevision() {
  return {On(kControllerRevisions, {"list", "create", "patch", "delete"}, Of::kOperator)};
}

// For the operator's version and its feature gate, which a command does without.
Rights FindCronOperator() { return {On(kDeployments, {"list"})}; }

Rights All(std::initializer_list<Rights> parts) {
  Rights all;
  for (const Rights& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Also what --start asks for, whose users take the rights of `up` along: most of those who open a shell do
// without.
Rights BringUp() {
  return All({WaitReady(),
              ReadLogs(),
              BringAgent(),
              {OnRayClusters({"get", "create", "patch"}),
               OnDeployments({"get", "list", "watch", "create", "patch", "delete"}),
               On(kServices, {"get", "create", "patch"}, Of::kPlain),
               On(kSecrets, {"get", "list", "create", "patch", "delete"}), OnPods({"delete"})}});
}

Rights SwitchObject() {
  return {OnRayJobs({"get", "list", "watch", "patch"}), OnRayServices({"get", "list", "watch", "patch"}),
          OnRayCronJobs({"get", "patch"})};
}

Rights OnKinds(const Verbs& verbs) {
  return {OnRayClusters(verbs), OnRayJobs(verbs), OnRayServices(verbs), OnRayCronJobs(verbs)};
}

using Table = std::map<std::string, Rights, std::less<>>;

Table ClusterCommands() {
  return {
      {"create cluster",
       All({FindCluster(),
            BringAgent(),
            WaitReady(),
            {OnRayClusters({"create", "patch"}), OnDeployments({"create", "delete"}),
             On(kServices, {"create"}, Of::kPlain), On(kNetworkPolicies, {"create", "patch", "delete"})}})},
      {"create cronjob",
       All({FindCronOperator(),
            {OnRayCronJobs({"create"}), OnRayClusters({"get"}), On(kNamespaces, {"get"})}})},
      {"create job",
       {OnRayCronJobs({"get"}), OnRayClusters({"get"}), OnRayJobs({"create"}), On(kNamespaces, {"get"})}},
      {"create networkpolicy", All({FindCluster(), {On(kNetworkPolicies, {"create", "patch"})}})},
      {"create service", All({BringAgent(),
                              FindCluster(),
                              ConnectDashboard(),
                              {OnRayServices({"get", "create", "patch"}), OnPods({"list"})}})},
      {"create workergroup",
       All({FindCluster(), BringAgent(), {OnRayClusters({"patch"}), OnDeployments({"create"})}})},
      {"delete", All({FindCluster(),
                      ConnectDashboard(),
                      ResolveTarget(),
                      WaitGone(),
                      {OnRayClusters({"delete"}), OnDeployments({"delete"}), OnRayJobs({"delete"}),
                       OnRayServices({"delete"}), OnRayCronJobs({"get", "delete"}), OnRayJobs({"list"})}})},
      {"get cluster", All({FindCluster(), WatchClusters()})},
      {"get cronjob", All({FindCronOperator(), {OnRayCronJobs({"list", "watch"})}})},
      {"get job", {OnRayJobs({"list", "watch"})}},
      {"get node", {OnPods({"list", "watch"})}},
      {"get service", {OnRayServices({"list", "watch"})}},
      {"get token", All({FindCluster(), {On(kSecrets, {"get"})}})},
      {"get workergroup", All({WatchClusters(), {OnPods({"list"})}})},
      {"resume", All({FindCluster(), PatchCluster(), WaitReady(), SwitchObject(), FindCronOperator()})},
      {"rollout history", {OnRayServices({"get"}), On(kControllerRevisions, {"list"}, Of::kOperator)}},
      {"rollout status", All({ConnectDashboard(), {OnRayServices({"get"}), OnPods({"list"})}})},
      {"rollout undo", All({KeepRevision(), {OnRayServices({"get", "patch"}), OnRayClusters({"get"})}})},
      {"scale cluster", All({FindCluster(),
                             PatchCluster(),
                             {OnPods({"get", "list", "watch"}), On(kPods, {"patch"}, Of::kPlain)}})},
      {"status", All({FindCluster(),
                      ListClusters(),
                      ResolveTarget(),
                      ConnectDashboard(),
                      FindCronOperator(),
                      {On(kEvents, {"list"}), OnRayCronJobs({"get"}), OnRayJobs({"list"})}})},
      {"suspend", All({FindCluster(), PatchCluster(), WaitGone(), SwitchObject()})},
  };
}

Table JobCommands() {
  const Rights about_job = All({ListClusters(), ConnectDashboard(), FindJob()});
  const Rights why_it_waits = All({about_job, FindCluster()});
  const Rights follow_job = All({why_it_waits, {OnRayJobs({"watch"}), On(kEvents, {"list"}, Of::kOperator)}});
  return {
      {"job delete", All({about_job, {OnRayJobs({"delete"})}})},
      {"job get", about_job},
      {"job list", All({ListClusters(), ConnectDashboard(), {OnRayJobs({"list"})}})},
      {"job logs", All({follow_job, {OnLogs(), OnStream("pods/exec")}})},
      {"job status", why_it_waits},
      {"job stop", All({why_it_waits, {OnRayJobs({"patch"})}})},
      {"job submit", All({ConnectDashboard(),
                          FindCluster(),
                          ListClusters(),
                          {OnRayJobs({"get", "list", "watch", "create"}), On(kNamespaces, {"get"})}})},
      {"job watch", follow_job},
  };
}

// Those that take files.
Table FileCommands() {
  const Rights change_objects = All({OnKinds({"get", "patch"}), {OnDeployments({"get", "patch"})}});
  return {
      {"apply", All({KeepRevision(), OnKinds({"get", "create", "patch"})})},
      {"convert", {}},
      {"down", All({FindCluster(),
                    PatchCluster(),
                    WaitGone(),
                    {OnRayClusters({"delete"}), OnDeployments({"delete"})}})},
      {"get-head-ip", {OnPods({"list"})}},
      {"get-worker-ips", {OnPods({"list"})}},
      {"inject", All({change_objects, {On(kConfigMaps, {"get", "create"})}})},
      {"monitor", All({FindCluster(), ReadLogs(), {OnPods({"get"}), On(kEvents, {"list", "watch"})}})},
      {"rsync-down", {OnPods({"list"}), OnStream("pods/exec")}},
      {"rsync-up", {OnPods({"list"}), OnStream("pods/exec")}},
      {"submit", {OnPods({"list"}), OnStream("pods/exec")}},
      {"uninject", change_objects},
      {"up", BringUp()},
  };
}

Table OtherCommands() {
  return {
      {"attach", All({ResolveTarget(), ReachPods()})},
      {"autoscaler", All({FindCluster(), ListClusters(), ConnectDashboard(), {On(kEvents, {"list"})}})},
      {"completion", {}},
      {"doctor", All({FindCluster(),
                      ConnectDashboard(),
                      {OnStream("pods/exec"),
                       OnPods({"watch", "create", "delete"}),
                       On(kNamespaces, {"get"}),
                       On(kEvents, {"list"}),
                       {"", "resourcequotas", {"list"}},
                       {"", "limitranges", {"list"}},
                       On(kNetworkPolicies, {"list"})}})},
      {"exec", All({ResolveTarget(), ReachPods()})},
      {"log", All({ResolveTarget(), {OnPods({"list"}), OnLogs(), OnStream("pods/exec")}})},
      {"logs", All({ResolveTarget(), ReadLogs()})},
      {"operator images", {}},
      {"options", {}},
      {"prometheus generate",
       All({FindCluster(),
            ListClusters(),
            {On(kPrometheuses, {"list"}), On(kPodMonitors, {"list"}), On(kNamespaces, {"get"}),
             On(kDeployments, {"list"}), On(kServices, {"list"})}})},
      {"rights", {}},
      {"run", ConnectDashboard()},
      {"session",
       All({ResolveTarget(),
            ConnectDashboard(),
            {OnPods({"get", "list", "watch"}), OnStream("pods/portforward"), On(kServices, {"list"})}})},
      {"session list", {}},
      {"session stop", {}},
      {"top cluster", ConnectDashboard()},
      {"top node", ConnectDashboard()},
      {"top pod", ConnectDashboard()},
      {"version", {OnPods({"list"}), On(kDeployments, {"list"}, Of::kAllNamespaces)}},
  };
}

const Table& RightsByPath() {
  static const Table table = [] {
    Table all;
    for (Table part : {ClusterCommands(), JobCommands(), FileCommands(), OtherCommands()}) all.merge(part);
    return all;
  }();
  return table;
}

bool IsWanted(Of of, ClusterKinds kinds, bool all_namespaces) {
  switch (of) {
    case Of::kAny:
      return true;
    case Of::kOperator:
      return kinds != ClusterKinds::kPlain;
    case Of::kPlain:
      return kinds != ClusterKinds::kOperator;
    case Of::kAllNamespaces:
      return all_namespaces;
  }
  return false;
}

}  // namespace

const Rights* NeededRights(std::string_view path) {
  const auto found = RightsByPath().find(path);
  return found == RightsByPath().end() ? nullptr : &found->second;
}

bool IsForAdmins(std::string_view path) { return path.starts_with("operator ") && path != "operator images"; }

Json RoleFor(const std::vector<std::string>& commands, ClusterKinds kinds, const std::string& name,
             const std::string& ns) {
  // In the order in which kubectl describes them.
  static const Verbs kOrder = {"get", "list", "watch", "create", "update", "patch", "delete"};
  std::map<std::pair<std::string, std::string>, std::set<std::string>> verbs;
  for (const std::string& command : commands)
    for (const NeededRight& right : *NeededRights(command))
      if (IsWanted(right.of, kinds, ns.empty()))
        verbs[{right.group, right.resource}].insert(right.verbs.begin(), right.verbs.end());
  Json rules = Json::array();
  for (const auto& [resource, allowed] : verbs) {
    Json sorted = Json::array();
    for (const std::string& verb : kOrder)
      if (allowed.contains(verb)) sorted.push_back(verb);
    rules.push_back({{"apiGroups", {resource.first}}, {"resources", {resource.second}}, {"verbs", sorted}});
  }
  Json metadata = {{"name", name}};
  if (!ns.empty()) metadata["namespace"] = ns;
  return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
          {"kind", ns.empty() ? "ClusterRole" : "Role"},
          {"metadata", metadata},
          {"rules", rules}};
}

}  // namespace kubectl_ray
