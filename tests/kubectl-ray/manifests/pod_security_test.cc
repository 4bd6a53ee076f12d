#include "kubectl-ray/manifests/pod_security.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/backend.h"
#include "kubectl-ray/manifests/ray_cluster.h"
#include "kubectl-ray/manifests/set_path.h"

using namespace kubectl_ray;
using shared::At;

namespace {

ClusterSpec Spec(PodSecurity level = PodSecurity::kRestricted) {
  ClusterSpec spec;
  spec.name = "demo";
  spec.image = "registry.example.com/mine:1";
  spec.worker_groups = {WorkerGroup{}};
  spec.agent.sources = {{"ray-init-agent-amd64-0123456789ab", "amd64"}};
  spec.pods.security = level;
  return spec;
}

Json HeadOf(const Json& ray_cluster) {
  return At(ray_cluster, {"spec", "headGroupSpec", "template", "spec"});
}

// The securityContext of Ray's container in the head.
Json ContextOf(const ClusterSpec& spec, const std::vector<std::string>& set = {}) {
  Json cluster = RayClusterFor(spec, Backend::kOperator);
  for (const std::string& assignment : set) REQUIRE(Assign(cluster, assignment));
  SettlePods(&cluster);
  return At(HeadOf(cluster)["containers"][0], {"securityContext"});
}

// Judges a container as Pod Security's `restricted` does. Source: pod-security-admission, policy/check_*.go.
bool PassesRestricted(const Json& container) {
  const Json& context = At(container, {"securityContext"});
  return At(context, {"allowPrivilegeEscalation"}) == false && At(context, {"runAsNonRoot"}) == true &&
         At(context, {"seccompProfile", "type"}) == "RuntimeDefault" &&
         At(context, {"capabilities", "drop"}) == Json::array({"ALL"}) && !context.contains("runAsUser");
}

}  // namespace

TEST_CASE("Ray's own images are known by their name, under any registry") {
  for (const char* image :
       {"rayproject/ray:2.60.0", "rayproject/ray", "docker.io/rayproject/ray-ml:latest-gpu",
        "mirror.example.com:5000/hub/rayproject/ray-llm@sha256:0123",
        "rayproject/ray:2.60.0-py311@sha256:01"})
    CHECK(IsRaysOwnImage(image));
  for (const char* image :
       {"", "ray", "ray:2.60.0", "localhost/ray:2.60.0", "myrayproject/ray", "rayproject/x",
        "rayproject/rayon", "/", "@", "rayproject/", "example.com/rayproject:5000"})
    CHECK(!IsRaysOwnImage(image));
}

TEST_CASE("the level that is not chosen goes by the image and the namespace") {
  using P = PodSecurity;
  const char* own = "rayproject/ray:2.60.0";
  const char* other = "x/y";
  CHECK(ChoosePodSecurity(P::kAuto, own, false) == P::kRestricted);
  CHECK(ChoosePodSecurity(P::kAuto, other, false) == P::kPrivileged);
  CHECK(ChoosePodSecurity(P::kAuto, other, true) == P::kRestricted);
  for (const P level : {P::kRestricted, P::kBaseline, P::kPrivileged})
    CHECK(ChoosePodSecurity(level, own, true) == level);
  const auto labelled = [](const char* key, const char* value) {
    return Json{{"metadata", {{"labels", {{key, value}}}}}};
  };
  CHECK(EnforcesRestricted(labelled("pod-security.kubernetes.io/enforce", "restricted")));
  CHECK(!EnforcesRestricted(labelled("pod-security.kubernetes.io/enforce", "baseline")));
  CHECK(!EnforcesRestricted(labelled("pod-security.kubernetes.io/warn", "restricted")));
  CHECK(!EnforcesRestricted(nullptr));
}

TEST_CASE("every container that we make passes restricted, and names no user") {
  ClusterSpec spec = Spec();
  spec.autoscaler = "v2";
  for (const auto delivery :
       {AgentOptions::Delivery::kConfigMap, AgentOptions::Delivery::kImage, AgentOptions::Delivery::kNone}) {
    spec.agent.delivery = delivery;
    Json cluster = RayClusterFor(spec, Backend::kOperator);
    SettlePods(&cluster);
    CHECK(PassesRestricted(At(cluster, {"spec", "autoscalerOptions"})));
    for (const Json& pod :
         {HeadOf(cluster), At(cluster["spec"]["workerGroupSpecs"][0], {"template", "spec"})}) {
      INFO(shared::DumpJson(pod));
      for (const char* list : {"containers", "initContainers"})
        for (const Json& container : At(pod, {list})) CHECK(PassesRestricted(container));
    }
  }
}

TEST_CASE("a cluster that is there meets restricted, and keeps what its containers have") {
  ClusterSpec spec = Spec(PodSecurity::kPrivileged);
  spec.autoscaler = "v2";
  Json cluster = RayClusterFor(spec, Backend::kOperator);
  const Json own = {{"runAsUser", 5}};
  cluster["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0]["securityContext"] = own;
  RestrictPods(&cluster);
  CHECK(PassesRestricted(HeadOf(cluster)["containers"][0]));
  CHECK(PassesRestricted(At(cluster, {"spec", "autoscalerOptions"})));
  const Json worker = cluster["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0];
  CHECK(worker["securityContext"] == own);
  Json none = RayClusterFor(Spec(PodSecurity::kPrivileged), Backend::kOperator);
  RestrictPods(&none);
  CHECK(At(none, {"spec", "autoscalerOptions"}).is_null());
}

TEST_CASE("the other levels ask for less") {
  CHECK(ContextOf(Spec(PodSecurity::kBaseline)) == Json{{"seccompProfile", {{"type", "RuntimeDefault"}}}});
  CHECK(ContextOf(Spec(PodSecurity::kPrivileged)).is_null());
  CHECK(ContextOf(Spec(PodSecurity::kAuto)).is_null());
  Json cluster = RayClusterFor(Spec(PodSecurity::kPrivileged), Backend::kOperator);
  CHECK(At(cluster, {"spec", "autoscalerOptions"}).is_null());
}

TEST_CASE("what the user asks for wins, and nothing of ours contradicts it") {
  const std::string context = "spec.headGroupSpec.template.spec.containers[0].securityContext";
  const std::string pod = "spec.headGroupSpec.template.spec.securityContext";
  const struct {
    std::vector<std::string> set;
    const char* field;
    Json expected;
  } rows[] = {
      {{context + ".runAsUser=0"}, "runAsNonRoot", nullptr},
      {{context + ".runAsUser=5"}, "runAsNonRoot", true},
      {{pod + ".runAsUser=0"}, "runAsNonRoot", nullptr},
      {{pod + ".runAsUser=0", context + ".runAsUser=5"}, "runAsNonRoot", true},
      {{context + ".privileged=true"}, "allowPrivilegeEscalation", nullptr},
      {{context + ".capabilities.add=[SYS_ADMIN]"}, "allowPrivilegeEscalation", nullptr},
      {{context + ".capabilities.add=[NET_BIND_SERVICE]"}, "allowPrivilegeEscalation", false},
      {{context + "={runAsUser: 7}"}, "capabilities", nullptr},
      {{context + "=5"}, "runAsUser", nullptr},
      {{pod + "=5"}, "runAsNonRoot", true},
  };
  for (const auto& [set, field, expected] : rows) {
    INFO(set.front());
    CHECK(At(ContextOf(Spec(), set), {field}) == expected);
  }
  ClusterSpec spec = Spec();
  spec.pods.template_patch = *shared::ParseJson(R"({"spec":{"containers":[{"securityContext":null}]}})");
  CHECK(ContextOf(spec).is_null());
}
