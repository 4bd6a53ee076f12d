#include "kubectl-ray/checks/probe_pods.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

Json Pod(const std::string& name, const std::string& type, const std::string& group, const std::string& ip) {
  Json pod = *shared::ParseJson(
      R"({"status":{"phase":"Running","containerStatuses":[{"name":"ray","ready":true,"started":true,
      "state":{"running":{}}}]},"spec":{"containers":[{"name":"ray"}]}})");
  pod["metadata"] = {{"name", name},
                     {"namespace", "team"},
                     {"labels", {{"ray.io/node-type", type}, {"ray.io/group", group}}}};
  pod["status"]["podIP"] = ip;
  return pod;
}

std::string Shown(const std::vector<Dialling>& plan) {
  std::string text;
  for (const Dialling& dialling : plan) {
    text += dialling.from + ": " + dialling.lookup.from + "?" + dialling.lookup.name;
    for (const Connection& one : dialling.connections)
      text += " " + one.to + "=" + one.host + ":" + std::to_string(one.port) + "(" + one.what + ")";
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("one worker of each group and the head connect to each other", "[checks][probe_pods]") {
  Facts facts{.ns = "team"};
  facts.cluster = "demo";
  facts.ray_cluster = *shared::ParseJson(R"({"spec":{"headGroupSpec":{"rayStartParams":{"port":"6380"}}}})");
  facts.cluster_pods =
      Objects{Pod("h", "head", "headgroup", "10.0.0.1"), Pod("w1", "worker", "w", "10.0.0.2"),
              Pod("w2", "worker", "w", "10.0.0.3"), Pod("g1", "worker", "g", "10.0.0.4")};
  StatusInput status;
  status.ray_nodes = *shared::ParseJson(R"({"data":{"summary":[
      {"raylet":{"nodeManagerAddress":"10.0.0.2","state":"DEAD","nodeManagerPort":1}},
      {"raylet":{"nodeManagerAddress":"10.0.0.2","state":"ALIVE","nodeManagerPort":4001,"objectManagerPort":4002}},
      {"raylet":{"nodeManagerAddress":"10.0.0.4","state":"ALIVE","nodeManagerPort":70000}}, 3]}})");
  facts.status = status;
  CHECK(Shown(PlanDialling(facts)) ==
        "h: h?demo-head-svc w1=10.0.0.2:4001(the node manager) w1=10.0.0.2:4002(the object manager)\n"
        "w1: w1?demo-head-svc h=demo-head-svc:6380(the GCS) h=demo-head-svc:8265(the dashboard)\n"
        "g1: g1?demo-head-svc h=demo-head-svc:6380(the GCS) h=demo-head-svc:8265(the dashboard)\n");
  facts.cluster_pods = Objects{Pod("w1", "worker", "w", "10.0.0.2")};
  CHECK(PlanDialling(facts).empty());
}

TEST_CASE("answers are a line each, and a missing one is a failure", "[checks][probe_pods]") {
  const Dialling asked{
      "a", {"a", "demo-head-svc"}, std::vector<Connection>(3, {"a", "b", "c", 1, "it", "no answer"})};
  Dialling dialling = asked;
  ReadAnswers("ok 10.0.0.1 fd00::1\nok\n[Errno 111] Connection refused\n", &dialling);
  CHECK(dialling.lookup.failure == "");
  CHECK(dialling.lookup.addresses == std::vector<std::string>{"10.0.0.1", "fd00::1"});
  CHECK(dialling.connections[0].failure == "");
  CHECK(dialling.connections[1].failure == "[Errno 111] Connection refused");
  CHECK(dialling.connections[2].failure == "no answer");
  struct {
    const char *printed, *failure;
  } const rows[] = {{"", "no answer"},
                    {"[Errno -2] Name or service not known\n", "[Errno -2] Name or service not known"},
                    {"okay\n", "okay"}};
  for (const auto& row : rows) {
    INFO(row.printed);
    dialling = asked;
    ReadAnswers(row.printed, &dialling);
    CHECK(dialling.lookup.failure == row.failure);
    CHECK(dialling.lookup.addresses.empty());
  }
}
