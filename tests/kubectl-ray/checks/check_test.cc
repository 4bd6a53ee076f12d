#include "kubectl-ray/checks/check.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "kubectl-ray/operator/definitions.h"
#include "kubectl-ray/operator/release.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;

namespace {

Json Parse(const std::string& text) { return *shared::ParseJson(text); }

// A cluster of a head and two workers that meets nothing.
Facts Well() {
  Facts facts{.ns = "team"};
  facts.cluster = "demo";
  facts.ray_cluster = Parse(R"({"metadata":{"name":"demo","namespace":"team"},"spec":{"rayVersion":"2.60.0",
    "headGroupSpec":{"rayStartParams":{},"template":{"spec":{"containers":[{"name":"ray-head","image":"rayproject/ray:2.60.0-py311",
      "resources":{"limits":{"cpu":"1","memory":"2Gi"}},"ports":[{"name":"dashboard","containerPort":8265}]}]}}},
    "workerGroupSpecs":[{"groupName":"w","replicas":2,"minReplicas":0,"maxReplicas":2,"rayStartParams":{},"template":{"spec":{
      "containers":[{"name":"ray-worker","image":"rayproject/ray:2.60.0-py311","resources":{"limits":{"cpu":"1","memory":"2Gi"}}}]}}}]}})");
  facts.planned = PlanPods(facts.ray_cluster, facts.backend);
  facts.server_version = Parse(R"({"major":"1","minor":"34+","gitVersion":"v1.34.4"})");
  facts.ns_object = Parse(R"({"metadata":{"name":"team"}})");
  facts.rights.push_back({"list", "", "pods", "to find a cluster's head", true});
  for (const char* plural : {"rayclusters", "rayjobs", "rayservices"}) facts.served.emplace(plural, true);
  facts.installation->operators.push_back(
      {Parse(R"({"metadata":{"name":"kuberay-operator","namespace":"ray-system","generation":1},
        "spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"kuberay-operator","image":"kuberay/operator:v1.6.2"}]}}},
        "status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1,"readyReplicas":1,
          "conditions":[{"type":"Available","status":"True"}]}})"),
       {}});
  static const std::vector<Json> kDefinitions =
      *DefinitionsOf(**FindOperatorRelease("1.6.2"));  // costs a second
  facts.installation->definitions = kDefinitions;
  facts.nodes =
      Objects{Parse(R"({"metadata":{"name":"n"},"status":{"allocatable":{"cpu":"8","memory":"16Gi"}}})")};
  return facts;
}

// What the check of this code finds, a line each: "fail evidence".
std::string Found(const Facts& facts, const std::string& code) {
  std::string text;
  for (const CheckResult& result : RunChecks(facts, {}))
    if (result.check->code == code)
      for (const Finding& finding : result.findings)
        if (finding.level != Level::kOk)
          text += std::string(LevelName(finding.level)) + " " + finding.evidence + "\n";
  return text;
}

void Set(Json* value, const std::string& pointer, Json to) {
  (*value)[Json::json_pointer(pointer)] = std::move(to);
}

Facts With(const std::string& pointer, Json value) {
  Facts facts = Well();
  Set(&facts.ray_cluster, pointer, std::move(value));
  facts.planned = PlanPods(facts.ray_cluster, facts.backend);
  return facts;
}

constexpr const char* kHeadParams = "/spec/headGroupSpec/rayStartParams/";
constexpr const char* kWorkerParams = "/spec/workerGroupSpecs/0/rayStartParams/";

shared::Unexpected<shared::Error> Refused() {
  return shared::Fail(shared::ErrorCode::kAuth, "cannot list nodes: forbidden");
}

}  // namespace

TEST_CASE("nothing is found where nothing is wrong", "[checks]") {
  for (const CheckResult& result : RunChecks(Well(), {})) {
    INFO(result.check->code << " " << result.findings.front().evidence);
    CHECK(result.level() == Level::kOk);
  }
}

// What the table of `ray start` itself says of each value is held by tests/shared/ray_start_params_test.cc.
TEST_CASE("ports are judged by what ray start does with them", "[checks]") {
  struct Row {
    std::string param, value, found;
  };
  const Row rows[] = {
      {"h:port", "6380", ""},
      {"h:port", "8265", "port 8265 is also that of \"dashboard-port\""},
      {"h:port", "65536", "fail the head: rayStartParams \"port\""},
      {"h:prot", "6380", "fail the head: rayStartParams \"prot\""},
      {"h:node-manager-port", "10002", "lies among the workers' ports 10002 to 19999"},
      {"h:node-manager-port", "20000", ""},
      {"h:max-worker-port", "10002",
       "fail the workers' ports 10002 to 10002 of the head are 1 for 1 CPUs and a driver"},
      {"h:max-worker-port", "10003", ""},
      {"w:max-worker-port", "10002",
       "fail the workers' ports 10002 to 10002 of group \"w\" are 1 for 1 CPUs and a driver"},
      {"w:object-manager-port", "8080", "fail group \"w\": rayStartParams \""},
  };
  for (const Row& row : rows) {
    INFO(row.param << "=" << row.value);
    const bool head = row.param[0] == 'h';
    const Facts facts = With((head ? kHeadParams : kWorkerParams) + row.param.substr(2), row.value);
    const std::string found = Found(facts, "KR501");
    INFO(found);
    CHECK(found.empty() == row.found.empty());
    CHECK(found.find(row.found) != std::string::npos);
  }
}

TEST_CASE("a port of the agent's that Ray has, too, is found", "[checks]") {
  Facts facts = Well();
  const Json agent = Parse(R"([{"name":"RAY_INIT_AGENT_HEALTH_PORT","value":"8265"}])");
  Set(&facts.ray_cluster, "/spec/workerGroupSpecs/0/template/spec/containers/0/env", agent);
  CHECK(Found(facts, "KR501").empty());
  Set(&facts.ray_cluster, "/spec/headGroupSpec/template/spec/containers/0/env", agent);
  CHECK(Found(facts, "KR501") ==
        "fail the port 8265 of ray-init-agent's metrics on the head is that of \"dashboard\" (8265), too\n");
}

TEST_CASE("a declared port that nothing listens on is found", "[checks]") {
  CHECK(Found(With(std::string(kHeadParams) + "dashboard-port", "8266"), "KR502") ==
        "fail the head's container declares port \"dashboard\" as 8265, and Ray listens on 8266 "
        "(rayStartParams dashboard-port)\n");
}

TEST_CASE("the autoscaler meets a moved GCS up to Ray 2.54", "[checks]") {
  Facts facts = With(std::string(kHeadParams) + "port", "6380");
  Set(&facts.ray_cluster, "/spec/enableInTreeAutoscaling", true);
  CHECK(Found(facts, "KR503").empty());
  Set(&facts.ray_cluster, "/spec/rayVersion", "2.54.1");
  CHECK(Found(facts, "KR503") ==
        "warn the GCS listens on 6380, and the autoscaler of Ray 2.54.1 dials 6379\n");
}

TEST_CASE("quotas are summed over the pods that are to come", "[checks]") {
  // The head 1 CPU, each worker max(1, 200m of wait-gcs-ready) CPU: 3 in all.
  const auto quota = [](const std::string& resource, const std::string& hard, const std::string& used) {
    return Objects{Parse(R"({"metadata":{"name":"q"},"status":{"hard":{")" + resource + R"(":")" + hard +
                         R"("},"used":{")" + resource + R"(":")" + used + R"("}}})")};
  };
  struct Row {
    const char *resource, *hard, *used, *found;
  };
  const Row rows[] = {
      {"requests.cpu", "3", "0", ""},
      {"cpu", "2", "0", "fail quota \"q\": cpu is 2, 0 are used, and the pods to come need 3\n"},
      {"requests.cpu", "4", "1500m",
       "fail quota \"q\": requests.cpu is 4, 1500m are used, and the pods to come need 3\n"},
      {"limits.memory", "6Gi", "0", ""},
      {"limits.memory", "5Gi", "0",
       "fail quota \"q\": limits.memory is 5Gi, 0 are used, and the pods to come need 6Gi\n"},
      {"pods", "2", "0", "fail quota \"q\": pods is 2, 0 are used, and the pods to come need 3\n"},
      {"requests.nvidia.com/gpu", "0", "0", ""},
      {"services", "0", "0", ""},
  };
  for (const Row& row : rows) {
    INFO(row.resource << " " << row.hard);
    Facts facts = Well();
    facts.quotas = quota(row.resource, row.hard, row.used);
    CHECK(Found(facts, "KR301") == row.found);
  }
  // At three workers the autoscaler's cluster needs a fourth pod.
  Facts grown = With("/spec/workerGroupSpecs/0/maxReplicas", 3);
  Set(&grown.ray_cluster, "/spec/enableInTreeAutoscaling", true);
  grown.planned = PlanPods(grown.ray_cluster, grown.backend);
  grown.quotas = quota("pods", "3", "0");
  CHECK(Found(grown, "KR301") ==
        "warn quota \"q\": pods is 3, 0 are used, and the pods to come need 4 at the autoscaler's maximum\n");
  grown.quotas = quota("pods", "4", "0");
  CHECK(Found(grown, "KR301").empty());

  Facts facts = Well();
  facts.quotas = quota("pods", "2", "2");
  facts.cluster_pods =
      Objects{Parse(R"({"metadata":{"labels":{"ray.io/group":"headgroup"}},"status":{"phase":"Running"}})"),
              Parse(R"({"metadata":{"labels":{"ray.io/group":"w"}},"status":{"phase":"Pending"}})"),
              Parse(R"({"metadata":{"labels":{"ray.io/group":"w"}},"status":{"phase":"Failed"}})")};
  CHECK(Found(facts, "KR301") == "fail quota \"q\": pods is 2, 2 are used, and the pods to come need 1\n");
}

TEST_CASE("a quota that wants limits names the container without", "[checks]") {
  Facts facts =
      With("/spec/headGroupSpec/template/spec/containers/0/resources", Parse(R"({"requests":{"cpu":"1"}})"));
  facts.quotas = Objects{Parse(R"({"metadata":{"name":"q"},"status":{"hard":{"limits.cpu":"9"}}})")};
  CHECK(Found(facts, "KR301") ==
        "fail quota \"q\" wants limits.cpu, and container \"ray-head\" of the head has none\n");
  facts.quotas = Objects{Parse(
      R"({"metadata":{"name":"q"},"spec":{"scopes":["Terminating"]},"status":{"hard":{"limits.cpu":"0"}}})")};
  CHECK(Found(facts, "KR301").empty());
}

TEST_CASE("LimitRanges judge KubeRay's containers too", "[checks]") {
  const auto range = [](const std::string& item) {
    return Objects{Parse(R"({"metadata":{"name":"r"},"spec":{"limits":[)" + item + "]}}")};
  };
  struct Row {
    const char *item, *found;
  };
  const Row rows[] = {
      {R"({"type":"Container","max":{"cpu":"1"},"min":{"cpu":"200m"}})", ""},
      {R"({"type":"Container","min":{"cpu":"250m"}})",
       "fail container \"wait-gcs-ready\" of group \"w\" has cpu 200m, and at least 250m by LimitRange "
       "\"r\"\n"},
      {R"({"type":"Container","max":{"memory":"1Gi"}})",
       "fail container \"ray-head\" of the head has memory 2Gi, and at most 1Gi by LimitRange \"r\"\n"
       "fail container \"ray-worker\" of group \"w\" has memory 2Gi, and at most 1Gi by LimitRange \"r\"\n"},
      {R"({"type":"Pod","max":{"cpu":"900m"}})",
       "fail a pod of the head has cpu 1, and at most 900m by LimitRange \"r\"\n"
       "fail a pod of group \"w\" has cpu 1, and at most 900m by LimitRange \"r\"\n"},
      {R"({"type":"PersistentVolumeClaim","max":{"storage":"1"}})", ""},
  };
  for (const Row& row : rows) {
    INFO(row.item);
    Facts facts = Well();
    facts.limit_ranges = range(row.item);
    CHECK(Found(facts, "KR302") == row.found);
  }
  Facts facts = With("/spec/headGroupSpec/template/spec/containers/0/resources",
                     Parse(R"({"limits":{"cpu":"4"},"requests":{"cpu":"1"}})"));
  facts.limit_ranges = range(R"({"type":"Container","maxLimitRequestRatio":{"cpu":"4"}})");
  CHECK(Found(facts, "KR302").empty());
  facts.limit_ranges = range(R"({"type":"Container","maxLimitRequestRatio":{"cpu":"3"}})");
  CHECK(Found(facts, "KR302") ==
        "fail container \"ray-head\" of the head has cpu limit 4 over request 1, and the ratio at most 3 by "
        "LimitRange \"r\"\n");
}

TEST_CASE("a pod that the server refuses is found, and a right to make pods is not wanted", "[checks]") {
  Facts facts = Well();
  facts.admitted.emplace(
      "w", shared::Fail(shared::ErrorCode::kAuth,
                        R"(pods "demo-w-x" is forbidden: violates PodSecurity "restricted:latest": x)"));
  CHECK(Found(facts, "KR303") ==
        "fail a pod of group \"w\" is refused: pods \"demo-w-x\" is forbidden: violates PodSecurity "
        "\"restricted:latest\": x\n");
  facts.admitted.clear();
  facts.admitted.emplace("w",
                         shared::Fail(shared::ErrorCode::kAuth, R"(User "u" cannot create resource "pods")"));
  CHECK(Found(facts, "KR303") == "hidden not allowed to look: User \"u\" cannot create resource \"pods\"\n");
}

TEST_CASE("nodes are counted for the pods to come", "[checks]") {
  Facts facts = With("/spec/workerGroupSpecs/0/template/spec/nodeSelector", Parse(R"({"gpu":"a100"})"));
  CHECK(Found(facts, "KR304") ==
        "fail of 2 pods to come of group \"w\" 0 find a node: 1 node has no label gpu=a100\n");
  facts.nodes = Refused();
  CHECK(Found(facts, "KR304") == "hidden not allowed to look: cannot list nodes: forbidden\n");
  facts.nodes = Objects();
  CHECK(Found(facts, "KR304") == "fail the Kubernetes cluster has no nodes\n");
}

TEST_CASE("images and releases have to fit together", "[checks]") {
  const std::string image = "/spec/workerGroupSpecs/0/template/spec/containers/0/image";
  CHECK(Found(With(image, "rayproject/ray:2.59.0-py311"), "KR403") ==
        "fail group \"w\" has Ray 2.59.0, the head 2.60.0 (images 2.59.0-py311 and 2.60.0-py311)\n");
  CHECK(Found(With(image, "rayproject/ray:2.60.0-py312"), "KR403") ==
        "fail group \"w\" has Python py312, the head py311 (images 2.60.0-py312 and 2.60.0-py311)\n");
  CHECK(Found(With(image, "rayproject/ray:latest"), "KR403") ==
        "warn image \"rayproject/ray:latest\" of \"w\" names no release\n");
  CHECK(Found(With(image, "team/own:7"), "KR403").empty());
  CHECK(Found(With("/spec/rayVersion", "2.52.0"), "KR404") ==
        "warn spec.rayVersion is 2.52.0, and the head's image has Ray 2.60.0\n");
  CHECK(Found(With("/spec/rayVersion", "2.37.0"), "KR405") ==
        "warn Ray 2.37.0 can hang under the probes that KubeRay puts into its pods\n");
  CHECK(Found(With("/spec/rayVersion", "2.10.0"), "KR405").empty());
  CHECK(Found(With("/spec/rayVersion", "2.38.0"), "KR405").empty());
  Facts facts = With("/spec/authOptions", Parse(R"({"mode":"token"})"));
  CHECK(Found(facts, "KR405").empty());
  Set(&facts.ray_cluster, "/spec/rayVersion", "2.51.2");
  CHECK(Found(facts, "KR405") == "fail spec.authOptions asks for a token, which Ray 2.51.2 does not know\n");
}

TEST_CASE("policies are read as the network would enforce them", "[checks]") {
  const std::string all = R"("podSelector":{},"policyTypes":["Ingress","Egress"])";
  const std::string same = R"({"podSelector":{"matchLabels":{"ray.io/cluster":"demo"}}})";
  const std::string dns = R"({"ports":[{"port":53,"protocol":"UDP"}]})";
  const auto policies = [](const std::string& spec) {
    return Objects{Parse(R"({"metadata":{"name":"p"},"spec":{)" + spec + "}}")};
  };
  struct Row {
    const char* name;
    std::string spec;
    std::string found;
  };
  const std::string dns_blocked =
      "fail NetworkPolicy \"p\" keeps pods of \"headgroup\" from DNS\nfail NetworkPolicy \"p\" keeps pods of "
      "\"w\" from DNS\n";
  const std::string gcs = "fail NetworkPolicy \"p\" keeps pods of \"w\" from port 6379 of \"headgroup\"\n";
  const std::string back = "fail NetworkPolicy \"p\" keeps pods of \"headgroup\" from all ports of \"w\"\n";
  const Row rows[] = {
      {"of other pods", R"("podSelector":{"matchLabels":{"app":"x"}},"policyTypes":["Ingress"])", ""},
      {"deny ingress", R"("podSelector":{},"policyTypes":["Ingress"])", gcs + back},
      {"the cluster and DNS",
       all + R"(,"ingress":[{"from":[)" + same + R"(]}],"egress":[{"to":[)" + same + "]}," + dns + "]", ""},
      {"DNS left out", all + R"(,"ingress":[{"from":[)" + same + R"(]}],"egress":[{"to":[)" + same + "]}]",
       dns_blocked},
      {"one port in", R"("podSelector":{},"ingress":[{"from":[)" + same + R"(],"ports":[{"port":6379}]}])",
       back},
      {"a range in", R"("podSelector":{},"ingress":[{"ports":[{"port":6000,"endPort":7000}]}])", back},
      {"an ipBlock", R"("podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}])", ""},
      {"another namespace",
       R"("podSelector":{},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"x"}}}]}])",
       gcs + back},
      {"this namespace",
       R"("podSelector":{},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team"}}}]}])",
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Facts facts = Well();
    facts.policies = policies(row.spec);
    CHECK(Found(facts, "KR504") == row.found);
  }
}

TEST_CASE("a policy is asked for the port that the GCS has", "[checks]") {
  const std::string spec =
      R"({"metadata":{"name":"p"},"spec":{"podSelector":{"matchLabels":{"ray.io/node-type":"head"}},"ingress":[{"ports":[{"port":6379}]}]}})";
  Facts facts = Well();
  facts.policies = Objects{Parse(spec)};
  CHECK(Found(facts, "KR504").empty());
  facts = With(std::string(kHeadParams) + "port", "6380");
  facts.policies = Objects{Parse(spec)};
  CHECK(Found(facts, "KR504") ==
        "fail NetworkPolicy \"p\" keeps pods of \"w\" from port 6380 of \"headgroup\"\n");
}

TEST_CASE("one policy that allows is enough", "[checks]") {
  Facts facts = Well();
  facts.policies =
      Objects{Parse(R"({"metadata":{"name":"deny"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}})"),
              Parse(R"({"metadata":{"name":"allow"},"spec":{"podSelector":{},"ingress":[{}]}})")};
  CHECK(Found(facts, "KR504").empty());
}

TEST_CASE("the operator has to run and to watch", "[checks]") {
  Facts facts = Well();
  Json& deployment = facts.installation->operators.front().deployment;
  Set(&deployment, "/spec/template/spec/containers/0/args", Parse(R"(["--watch-namespace=a,team"])"));
  CHECK(Found(facts, "KR202").empty());
  Set(&deployment, "/spec/template/spec/containers/0/args", Parse(R"(["--watch-namespace=a"])"));
  CHECK(Found(facts, "KR202") ==
        "fail no operator watches namespace \"team\": the one in \"ray-system\" watches others alone\n");
  facts = Well();
  Set(&facts.installation->operators.front().deployment, "/status", Json::object());
  CHECK(Found(facts, "KR202").find("is not ready") != std::string::npos);
  facts.installation->operators.clear();
  CHECK(Found(facts, "KR202").starts_with("fail there is no operator."));
  facts.served.find("rayclusters")->second = false;
  CHECK(Found(facts, "KR202").empty());
  facts.installation->not_seen = {"cannot list deployments"};
  CHECK(Found(facts, "KR202") == "hidden not allowed to look: cannot list deployments\n");
}

TEST_CASE("rights of one kind of cluster are enough", "[checks]") {
  Facts facts = Well();
  facts.rights = {{"create", "ray.io", "rayclusters", "to make", false},
                  {"create", "apps", "deployments", "to make", true}};
  CHECK(Found(facts, "KR101") ==
        "warn you may not create rayclusters.ray.io in namespace \"team\", which is needed to make\n");
  facts.rights[1].allowed = false;
  CHECK(Found(facts, "KR101").starts_with("fail you may not create rayclusters.ray.io"));
  facts.rights = {{"get", "", "pods/exec", "to run", Refused()},
                  {"get", "", "pods/log", "to read", Refused()}};
  CHECK(Found(facts, "KR101") == "hidden not allowed to look: cannot list nodes: forbidden\n");
}

TEST_CASE("a moved GCS is the port that policies are judged by", "[checks]") {
  Facts facts = With(std::string(kHeadParams) + "port", "6380");
  const auto policy = [](const std::string& port) {
    return Objects{Parse(
        R"({"metadata":{"name":"p"},"spec":{"podSelector":{"matchLabels":{"ray.io/node-type":"head"}},"ingress":[{"ports":[{"port":)" +
        port + "}]}]}}")};
  };
  facts.policies = policy("6380");
  CHECK(Found(facts, "KR504").empty());
  facts.policies = policy("6379");
  CHECK(Found(facts, "KR504") ==
        "fail NetworkPolicy \"p\" keeps pods of \"w\" from port 6380 of \"headgroup\"\n");
}

TEST_CASE("a name that does not resolve is found, and rights to exec are not wanted", "[checks]") {
  Facts facts = Well();
  facts.lookups = std::vector<NameLookup>{{"demo-head", "demo-head-svc", {"10.0.0.1"}, ""},
                                          {"demo-w-1", "demo-head-svc", {}, "Name or service not known"}};
  CHECK(Found(facts, "KR507") ==
        "fail pod \"demo-w-1\" does not resolve the head's name \"demo-head-svc\": Name or service not "
        "known\n");
  facts.lookups = Fact<std::vector<NameLookup>>(Refused());
  CHECK(Found(facts, "KR507") == "hidden not allowed to look: cannot list nodes: forbidden\n");
}

TEST_CASE("the head is reached by a WebSocket, by SPDY instead, or not at all", "[checks]") {
  Facts facts = Well();
  facts.web_socket = Fact<std::string>(std::string());
  CHECK(Found(facts, "KR103").empty());
  facts.web_socket = Fact<std::string>(std::string(kBySpdy));
  CHECK(Found(facts, "KR103") == "warn a WebSocket to the head was refused, and SPDY/3.1 is used instead\n");
  facts.web_socket = Fact<std::string>(Refused());
  CHECK(Found(facts, "KR103") == "hidden not allowed to look: cannot list nodes: forbidden\n");
  facts.web_socket =
      Fact<std::string>(shared::Unexpected(shared::Error{shared::ErrorCode::kInternal, "answered 200", ""}));
  CHECK(Found(facts, "KR103") ==
        "fail no command runs in the head over a WebSocket, nor over SPDY: answered 200\n");
}

TEST_CASE("a silent stream that is cut surprises, and fails only if pings come too late", "[checks]") {
  using std::chrono::seconds;
  struct {
    SilentStream stream;
    const char* found;
  } const rows[] = {
      {{seconds(120), seconds(120), ""}, ""},
      {{seconds(120), seconds(60), "it was closed"},
       "warn a stream to the head was cut after 60s of silence: it was closed\n"},
      {{seconds(120), seconds(5), "reset"}, "warn a stream to the head was cut after 5s of silence: reset\n"},
      {{seconds(120), seconds(4), "reset"}, "fail a stream to the head was cut after 4s of silence: reset\n"},
  };
  for (const auto& row : rows) {
    Facts facts = Well();
    facts.silent_stream = row.stream;
    CHECK(Found(facts, "KR104") == row.found);
  }
  Facts facts = Well();
  facts.silent_stream = Fact<SilentStream>(Refused());
  CHECK(Found(facts, "KR104") == "hidden not allowed to look: cannot list nodes: forbidden\n");
}

TEST_CASE("a way that a policy forbids has to be closed", "[checks]") {
  Facts facts = Well();
  facts.forbidden_way = ForbiddenWay{"closed", "10.0.0.1", 6379, false};
  CHECK(Found(facts, "KR508").empty());
  facts.forbidden_way = ForbiddenWay{"closed", "10.0.0.1", 6379, true};
  CHECK(Found(facts, "KR508") ==
        "fail NetworkPolicy \"closed\" keeps other pods from the head, and one connected to "
        "10.0.0.1:6379\n");
  facts.forbidden_way = Fact<ForbiddenWay>(Refused());
  CHECK(Found(facts, "KR508") == "hidden not allowed to look: cannot list nodes: forbidden\n");
}

TEST_CASE("the screen and the JSON of a site with faults", "[checks]") {
  Facts facts = With("/spec/workerGroupSpecs/0/template/spec/nodeSelector", Parse(R"({"gpu":"a100"})"));
  facts.policies = Refused();
  facts.connections =
      std::vector<Connection>{{"demo-w-1", "demo-head", "demo-head-svc", 6379, "the GCS", "timed\x1b out"}};
  Set(&facts.ray_cluster, "/spec/rayVersion", "2.52.0");
  const auto results = RunChecks(facts, {"KR506"});
  std::string text = RenderChecks(results, false, true) + RenderChecks(results, true, false);
  for (const Json& finding : FindingsToJson(results)) text += shared::DumpJson(finding) + "\n";
  CheckGolden("doctor.txt", text);
}

TEST_CASE("each code is there once and has a place in the docs", "[checks]") {
  std::ifstream file(TESTDATA "/../../docs/troubleshooting.md");
  std::stringstream page;
  page << file.rdbuf();
  REQUIRE(file);
  std::set<std::string> codes;
  for (const Check& check : Checks()) {
    INFO(check.code);
    CHECK(codes.insert(check.code).second);
    CHECK(page.str().find("### " + std::string(check.code) + "\n") != std::string::npos);
  }
}
