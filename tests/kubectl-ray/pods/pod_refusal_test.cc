#include "kubectl-ray/pods/pod_refusal.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json OwnerWith(const Json& conditions) { return {{"status", {{"conditions", conditions}}}}; }

std::string WhyWith(const char* message, const char* status = "True") {
  return WhyPodsAreRefused(
      OwnerWith(Json::array({{{"type", "Available"}, {"status", "False"}},
                             {{"type", "ReplicaFailure"}, {"status", status}, {"message", message}}})));
}

std::string RefusedPodIn(const std::string& message) {
  return RefusedPod(OwnerWith(Json::array({{{"type", "ReplicaFailure"}, {"message", message}}})));
}

}  // namespace

TEST_CASE("why an owner's pods are refused") {
  CHECK(WhyPodsAreRefused(nullptr).empty());
  CHECK(WhyPodsAreRefused(OwnerWith("none")).empty());
  CHECK(WhyPodsAreRefused(OwnerWith(Json::array({{{"type", "Available"}, {"message", "well"}}}))).empty());
  CHECK(WhyWith("it was", "False").empty());
  CHECK(WhyWith("exceeded quota") == "pods are refused: exceeded quota");
  CHECK(WhyWith("FailedCreateWorkerPod\nexceeded quota\n") ==
        "pods are refused: FailedCreateWorkerPod; exceeded quota");
  // A controller tries again under other names: the clause stays the same.
  for (const char* name : {"d-head-6b8f-abcde", "d-head-6b8f-vwxyz"}) {
    const std::string pods = std::string("FailedCreateHeadPod\npods \"") + name + "\" is forbidden: no";
    const std::string pod = std::string("Pod \"") + name + "\" is invalid: spec: no";
    CHECK(WhyWith(pods.c_str()) == "pods are refused: no");
    CHECK(WhyWith(pod.c_str()) == "pods are refused: the pod is invalid: spec: no");
    CHECK(RefusedPodIn(pods) == name);
    CHECK(RefusedPodIn(pod) == name);
  }
}

TEST_CASE("which pod is refused") {
  CHECK(RefusedPod(nullptr).empty());
  CHECK(RefusedPodIn("exceeded quota").empty());
  CHECK(RefusedPodIn("\" is forbidden: x").empty());
  CHECK(RefusedPodIn("a\" is forbidden: x").empty());
  CHECK(RefusedPodIn("\"\" is forbidden: x").empty());
  CHECK(RefusedPodIn("pods \"a\" is forbidden: pods \"b\" is forbidden: x") == "a");
}

TEST_CASE("why the pods of a batch Job are not made, by its newest event about one") {
  const auto event = [](const char* reason, const char* time, const char* message = "") {
    return Json{{"reason", reason}, {"lastTimestamp", time}, {"message", message}};
  };
  const char* const since = "2026-01-01T10:00:00Z";
  const Json old = event("FailedCreate", "2026-01-01T09:59:59Z", "old"),
             later = {{"reason", "FailedCreate"},
                      {"lastTimestamp", nullptr},
                      {"eventTime", "2026-01-01T10:00:05.123456Z"},
                      {"message", "Error creating: pods \"rj-x1\" is forbidden: exceeded quota: q"}};
  const Json made = event("SuccessfulCreate", "2026-01-01T10:00:05Z", "Created pod: rj-x2");
  const char* const refused = "pods are refused: exceeded quota: q";
  CHECK(WhyPodsAreNotMade({}, since).empty());
  CHECK(WhyPodsAreNotMade({old}, since).empty());
  CHECK(WhyPodsAreNotMade({old}, "") == "pods are refused: old");
  CHECK(WhyPodsAreNotMade({old, later}, since) == refused);
  CHECK(WhyPodsAreNotMade({later, old}, since) == refused);
  CHECK(WhyPodsAreNotMade({later, made}, since).empty());
  CHECK(WhyPodsAreNotMade({made, later}, since).empty());
  CHECK(WhyPodsAreNotMade({later, event("Suspended", "2026-01-01T11:00:00Z")}, since) == refused);
  CHECK(WhyPodsAreNotMade({made, event("FailedCreate", "2026-01-01T10:00:06Z", "no")}, since) ==
        "pods are refused: no");
  CHECK(WhyPodsAreNotMade({Json(), Json("x")}, since).empty());
}

// The words of API server 1.34 in namespaces with Pod Security, a ResourceQuota, a LimitRange or a policy.
TEST_CASE("a quota that the cluster's own pods use up stays so") {
  const char* refusal =
      "pods are refused: exceeded quota: q, requested: pods=1,requests.cpu=500m, used: "
      "pods=2,requests.cpu=1, "
      "limited: pods=2,requests.cpu=1400m";
  const auto amount = [](const char* text) { return Quantity::Parse("x", text).value_or(Quantity()); };
  CHECK(!IsLastingRefusal(refusal));
  CHECK(!IsLastingRefusal(refusal, {{"pods", amount("1")}, {"memory", amount("9Gi")}}));
  CHECK(!IsLastingRefusal(refusal, {{"requests.cpu", amount("900m")}}));
  CHECK(IsLastingRefusal(refusal, {{"requests.cpu", amount("901m")}}));
  CHECK(IsLastingRefusal(refusal, {{"pods", amount("2")}}));
}

TEST_CASE("whether a refusal of pods lasts, and the way out") {
  const struct {
    const char* refusal;
    bool lasts;
    const char* way_out;
  } rows[] = {
      {R"(violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false)", true,
       "`--pod-security restricted`"},
      {R"(violates PodSecurity "baseline:latest": hostPort)", true, "Leave out"},
      {R"(failed quota: q: must specify limits.cpu for: ray-head)", true, "--head-cpu-limit"},
      {R"(failed quota: q: must specify limits.memory for: a)", true, "resources.limits"},
      {R"(failed quota: q: must specify requests.memory for: a)", true, "requests"},
      {"exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3", false,
       "kubectl describe quota"},
      {"exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0", true, "kubectl describe quota"},
      {"exceeded quota: q, requested: cpu=2,limits.memory=1Gi, used: cpu=0,limits.memory=0, limited: "
       "cpu=1900m,limits.memory=2Gi",
       true, "kubectl describe quota"},
      {"exceeded quota: q, requested: cpu=2, used: cpu=1, limited: cpu=2", false, "kubectl describe quota"},
      {"exceeded quota: q, requested: cpu=2, used: cpu=1, limited: memory=1", false,
       "kubectl describe quota"},
      {"exceeded quota: q, requested: cpu=, limited: =", false, "kubectl describe quota"},
      {R"(the pod is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m)",
       true, "--head-cpu-limit"},
      {R"(the pod is invalid: spec.containers[0].resources.requests: Invalid value: "4Gi": must be less than or equal to memory limit of 1Gi)",
       true, "LimitRange"},
      {"the pod is invalid: spec.volumes: no", true, ""},
      {"cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000", true,
       "LimitRange"},
      {"maximum cpu usage per Container is 1, but limit is 2", true, "LimitRange"},
      {"minimum memory usage per Pod is 1Gi, but request is 512Mi", true, "LimitRange"},
      {R"(admission webhook "validate.kyverno.svc" denied the request: no)", true, "policy"},
      {R"(ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no)", true, "policy"},
      {R"(Internal error occurred: failed calling webhook "x": connection refused)", false, ""},
      {R"(unable to validate against any security context constraint: [])", true, "ServiceAccount"},
      {"no PriorityClass with name high was found", true, "kubectl get priorityclass"},
      {R"(error looking up service account ns/ray: serviceaccount "ray" not found)", false, ""},
      {"something new", false, ""},
      {"", false, ""},
  };
  for (const auto& row : rows) {
    INFO(row.refusal);
    CHECK(IsLastingRefusal(row.refusal) == row.lasts);
    const std::string way_out = WayOutOfRefusal(row.refusal);
    CHECK(way_out.empty() == (*row.way_out == '\0'));
    CHECK(way_out.find(row.way_out) != std::string::npos);
  }
}
