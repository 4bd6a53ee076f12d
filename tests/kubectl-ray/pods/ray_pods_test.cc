#include "kubectl-ray/pods/ray_pods.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

Json Container(const std::string& name, const std::string& variable = "") {
  Json container = {{"name", name}};
  if (!variable.empty()) container["env"] = Json::array({{{"name", variable}, {"value", "x"}}});
  return container;
}

Json PodOf(std::vector<Json> containers, const std::string& default_container = "") {
  Json pod = {{"metadata", {{"name", "p"}}}, {"spec", {{"containers", std::move(containers)}}}};
  if (!default_container.empty())
    pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = default_container;
  return pod;
}

}  // namespace

// Istio with holdApplicationUntilProxyStarts, Linkerd and GCS Fuse put theirs first (istio/istio#24737,
// linkerd/linkerd2#7122).
TEST_CASE("Ray's container is found wherever a webhook has put it") {
  const struct {
    const char* what;
    Json pod;
    const char* container;
  } rows[] = {
      {"the only one", PodOf({Container("anything")}), "anything"},
      {"KubeRay's name for a head", PodOf({Container("istio-proxy"), Container("ray-head")}), "ray-head"},
      {"for a worker", PodOf({Container("linkerd-proxy"), Container("ray-worker")}), "ray-worker"},
      {"its name goes before the annotation",
       PodOf({Container("istio-proxy"), Container("ray-head")}, "istio-proxy"), "ray-head"},
      {"the annotation", PodOf({Container("istio-proxy"), Container("mine")}, "mine"), "mine"},
      {"the annotation goes before the variables",
       PodOf({Container("other", "RAY_ADDRESS"), Container("mine")}, "mine"), "mine"},
      {"an annotation of none", PodOf({Container("a"), Container("b", "RAY_IP")}, "gone"), "b"},
      {"Ray's variables, before the autoscaler's",
       PodOf({Container("a", "PATH"), Container("b", "RAY_IP"), Container("autoscaler", "RAY_CLUSTER_NAME")}),
       "b"},
      {"none of these", PodOf({Container("a"), Container("b")}), "a"},
      {"no containers", PodOf({}), ""},
      {"no spec", Json::object(), ""},
      {"rubbish", {{"spec", {{"containers", Json::array({5, nullptr, {{"env", "x"}}})}}}}, ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(ReadRayPod(row.pod).container == row.container);
  }
}

// The kubelet sorts the statuses by name: "autoscaler" and "istio-proxy" come before "ray-head".
TEST_CASE("what a pod does is its Ray container's status, found by name") {
  Json pod = PodOf({Container("istio-proxy"), Container("ray-head")});
  pod["status"] = {
      {"phase", "Running"},
      {"conditions", Json::array({{{"type", "Ready"}, {"status", "False"}}})},
      {"containerStatuses", Json::array({{{"name", "istio-proxy"}, {"restartCount", 5}, {"ready", false}},
                                         {{"name", "ray-head"},
                                          {"restartCount", 3},
                                          {"ready", true},
                                          {"state", {{"running", Json::object()}}}}})}};
  const RayPod ray_pod = ReadRayPod(pod);
  CHECK(ray_pod.restarts == 3);
  CHECK(ray_pod.running);
  CHECK(ray_pod.started);
  CHECK(ray_pod.ready);
  pod["status"]["containerStatuses"][1]["ready"] = false;
  CHECK_FALSE(ReadRayPod(pod).ready);
  pod["status"]["conditions"][0]["status"] = "True";
  CHECK(ReadRayPod(pod).ready);
}

TEST_CASE("a pod is over by its phase alone") {
  for (const char* phase : {"Failed", "Succeeded"}) CHECK(IsOver({{"status", {{"phase", phase}}}}));
  for (const char* phase : {"Pending", "Running", "Unknown", ""})
    CHECK_FALSE(IsOver({{"status", {{"phase", phase}}}}));
  CHECK_FALSE(IsOver(Json()));
}

TEST_CASE("the best head runs, stays and is ready, in this order") {
  const auto head = [](const char* name, bool running, bool deleting, bool ready) {
    RayPod pod;
    pod.name = name;
    pod.node_type = "head";
    pod.running = running;
    pod.deleting = deleting;
    pod.ready = ready;
    return pod;
  };
  RayPod worker = head("worker", true, false, true);
  worker.node_type = "worker";
  const RayPod starting = head("starting", false, false, false), going = head("going", true, true, false),
               up = head("up", true, false, false), ready = head("ready", true, false, true),
               known_by_its_condition = head("condition", false, false, true);
  const struct {
    std::vector<RayPod> pods;
    const char* best;
  } rows[] = {
      {{}, ""},
      {{worker, starting}, ""},
      {{starting, going}, "going"},
      {{going, up}, "up"},
      {{up, ready, going}, "ready"},
      {{worker, known_by_its_condition}, "condition"},
  };
  for (const auto& row : rows) {
    const RayPod* best = BestHead(row.pods);
    CHECK((best == nullptr ? "" : best->name) == row.best);
  }
}
