#include "kubectl-ray/checks/stranger_pod.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/checks/network_checks.h"
#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"
#include "tests/support/scripted_api.h"

using namespace kubectl_ray;

namespace {

Json Parse(const std::string& text) { return *shared::ParseJson(text); }

Facts Demo() {
  Facts facts{.ns = "team"};
  facts.cluster = "demo";
  facts.ray_cluster =
      Parse(R"({"metadata":{"name":"demo"},"spec":{"headGroupSpec":{"rayStartParams":{"port":"6380"},
    "template":{"spec":{"imagePullSecrets":[{"name":"mirror"}],"tolerations":[{"key":"ray","operator":"Exists"}],
      "containers":[{"name":"ray-head","image":"rayproject/ray:2.60.0","env":[{"name":"TOKEN","value":"secret"}]}]}}}}})");
  facts.planned = PlanPods(facts.ray_cluster, facts.backend);
  return facts;
}

Objects Policies(const std::string& spec) {
  return {Parse(R"({"metadata":{"name":"closed"},"spec":)" + spec + "}")};
}

}  // namespace

TEST_CASE("the stranger has the head's image and nothing else of the cluster", "[checks][stranger]") {
  Facts facts = Demo();
  CheckGolden("checks/stranger-pod.yaml", DumpYaml(StrangerPod(facts, "10.0.0.1", 6380)));
  facts.planned.front().pod["spec"]["containers"][0]["image"] = "team/own:7";
  CHECK(!StrangerPod(facts, "h", 1)["spec"]["containers"][0].contains("securityContext"));
  facts.ns_object = Parse(R"({"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}})");
  CHECK(StrangerPod(facts, "h", 1)["spec"]["containers"][0].contains("securityContext"));
}

TEST_CASE("a stranger is sent only against a policy that selects the head", "[checks][stranger]") {
  struct {
    const char *name, *spec, *policy;
  } const rows[] = {
      {"all closed", R"({"podSelector":{},"policyTypes":["Ingress"]})", "closed"},
      {"the cluster alone",
       R"({"podSelector":{"matchLabels":{"ray.io/cluster":"demo"}},"ingress":[{"from":[{"podSelector":{"matchLabels":{"ray.io/cluster":"demo"}}}]}]})",
       "closed"},
      {"another port alone", R"({"podSelector":{},"ingress":[{"ports":[{"port":6379}]}]})", "closed"},
      {"this port for all", R"({"podSelector":{},"ingress":[{"ports":[{"port":6380}]}]})", ""},
      {"workers alone",
       R"({"podSelector":{"matchLabels":{"ray.io/node-type":"worker"}},"policyTypes":["Ingress"]})", ""},
      {"the way out alone", R"({"podSelector":{},"policyTypes":["Egress"]})", ""},
  };
  Facts facts = Demo();
  const Json labels = StrangerPod(facts, "10.0.0.1", 6380)["metadata"]["labels"];
  for (const auto& row : rows) {
    INFO(row.name);
    facts.policies = Policies(row.spec);
    CHECK(PolicyAgainst(facts, labels) == row.policy);
  }
  facts.policies = shared::Fail(shared::ErrorCode::kAuth, "forbidden");
  CHECK(PolicyAgainst(facts, labels).empty());
}

TEST_CASE("how the stranger ended is in its status", "[checks][stranger]") {
  struct {
    const char *status, *end;
  } const rows[] = {
      {R"({})", "runs"},
      {R"({"phase":"Pending"})", "runs"},
      {R"({"phase":"Running"})", "runs"},
      {R"({"phase":"Succeeded"})", "kept out"},
      {R"({"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3,"reason":"Error"}}}]})",
       "connected"},
      {R"({"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]})",
       "pod \"s\" failed with 1: Error"},
      {R"({"phase":"Failed","reason":"DeadlineExceeded"})", "pod \"s\" failed with 0: DeadlineExceeded"},
      {R"({"phase":"Failed"})", "pod \"s\" failed with 0: no reason is given"},
  };
  for (const auto& row : rows) {
    INFO(row.status);
    bool connected = false;
    const auto ended =
        ReadStranger({{"metadata", {{"name", "s"}}}, {"status", Parse(row.status)}}, &connected);
    CHECK((!ended      ? ended.error().message
           : !*ended   ? "runs"
           : connected ? "connected"
                       : "kept out") == row.end);
  }
}

TEST_CASE("the stranger is made, awaited and deleted", "[checks][stranger]") {
  const std::string pods = "/api/v1/namespaces/team/pods", made = R"("metadata":{"name":"s-1","uid":"u"})";
  struct {
    const char *status, *end;
  } const rows[] = {
      {R"({"phase":"Succeeded"})", "kept out"},
      {R"({"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]})", "connected"},
      {R"({"phase":"Failed","reason":"Evicted"})", "pod \"s-1\" failed with 0: Evicted"},
  };
  for (const auto& row : rows) {
    INFO(row.status);
    ScriptedApi api(AnswersByRequest{
        {{"POST " + pods, HttpAnswer(201, "{" + made + "}")},
         {"GET " + pods, HttpAnswer(200, R"({"metadata":{"resourceVersion":"1"},"items":[{)" + made +
                                             R"(,"status":)" + row.status + "}]}")},
         {"DELETE " + pods + "/s-1", HttpAnswer(200, "{}")}}});
    const KubeClient kube(api.Access(), std::chrono::seconds(20));
    Facts facts = Demo();
    facts.policies = Policies(R"({"podSelector":{},"policyTypes":["Ingress"]})");
    facts.cluster_pods = Objects{Parse(
        R"({"metadata":{"name":"h","namespace":"team","labels":{"ray.io/node-type":"head","ray.io/group":"headgroup"}},
        "spec":{"containers":[{"name":"ray-head"}]},"status":{"phase":"Running","podIP":"10.0.0.1",
        "containerStatuses":[{"name":"ray-head","ready":true,"started":true,"state":{"running":{}}}]}})")};
    ProbeForbiddenWay(kube, &facts);
    REQUIRE(facts.forbidden_way);
    const auto& way = *facts.forbidden_way;
    CHECK((!way ? way.error().message : way->connected ? "connected" : "kept out") == row.end);
    if (way) CHECK((way->policy == "closed" && way->host == "10.0.0.1" && way->port == 6380));
    REQUIRE(api.Asked().size() == 3);
    CHECK(api.Asked()[0].starts_with("POST " + pods));
    CHECK(api.Asked()[2].starts_with("DELETE " + pods + "/s-1"));
  }
}

TEST_CASE("without a head that runs or a policy no stranger is made", "[checks][stranger]") {
  ScriptedApi api(std::vector<std::string>{});
  const KubeClient kube(api.Access(), std::chrono::seconds(20));
  Facts facts = Demo();
  facts.policies = Policies(R"({"podSelector":{},"policyTypes":["Ingress"]})");
  ProbeForbiddenWay(kube, &facts);
  CHECK((!facts.forbidden_way && api.Asked().empty()));
}
