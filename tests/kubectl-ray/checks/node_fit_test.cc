#include "kubectl-ray/checks/node_fit.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parse(const std::string& text) { return *shared::ParseJson(text); }

Json Node(const std::string& name, const std::string& more = "", const std::string& cpu = "4") {
  Json node = Parse(R"({"metadata":{"name":")" + name +
                    R"(","labels":{"zone":"a","gen":"3"}},"spec":{},"status":{"allocatable":
      {"cpu":")" + cpu +
                    R"(","memory":"8Gi"},"conditions":[{"type":"Ready","status":"True"}]}})");
  if (!more.empty()) node.merge_patch(Parse(more));
  return node;
}

Json Pod(const std::string& more = "{}") {
  Json spec = Parse(R"({"containers":[{"resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]})");
  spec.merge_patch(Parse(more));
  return spec;
}

std::string Affinity(const std::string& terms) {
  return R"({"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":)" +
         terms + "}}}}";
}

}  // namespace

TEST_CASE("a node refuses pods for the reasons of the scheduler", "[checks][node_fit]") {
  const std::string tainted = R"({"spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]}})";
  struct Row {
    Json node;
    Json pod;
    const char* why;
  };
  const Row rows[] = {
      {Node("n"), Pod(), ""},
      {Node("n", R"({"spec":{"unschedulable":true}})"), Pod(), "is cordoned"},
      {Node("n", R"({"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}})"), Pod(),
       "is not ready"},
      {Node("n"), Pod(R"({"nodeSelector":{"zone":"a"}})"), ""},
      {Node("n"), Pod(R"({"nodeSelector":{"zone":"b"}})"), "has no label zone=b"},
      {Node("n", tainted), Pod(), "has taint gpu=yes"},
      {Node("n", tainted), Pod(R"({"tolerations":[{"key":"gpu","operator":"Exists"}]})"), ""},
      {Node("n", tainted), Pod(R"({"tolerations":[{"operator":"Exists"}]})"), ""},
      {Node("n", tainted), Pod(R"({"tolerations":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]})"), ""},
      {Node("n", tainted), Pod(R"({"tolerations":[{"key":"gpu","value":"no"}]})"), "has taint gpu=yes"},
      {Node("n", tainted), Pod(R"({"tolerations":[{"key":"gpu","operator":"Exists","effect":"NoExecute"}]})"),
       "has taint gpu=yes"},
      {Node("n", R"({"spec":{"taints":[{"key":"old","effect":"PreferNoSchedule"}]}})"), Pod(), ""},
      {Node("n"), Pod(Affinity(R"([{"matchExpressions":[{"key":"zone","operator":"In","values":["b"]}]}])")),
       "does not match the node affinity"},
      {Node("n"), Pod(Affinity(R"([{"matchExpressions":[{"key":"zone","operator":"In","values":["b"]}]},
                                   {"matchExpressions":[{"key":"gen","operator":"Gt","values":["2"]}]}])")),
       ""},
      {Node("n"), Pod(Affinity(R"([{"matchExpressions":[{"key":"gen","operator":"Lt","values":["3"]}]}])")),
       "does not match the node affinity"},
      {Node("n"),
       Pod(Affinity(R"([{"matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}])")), ""},
      {Node("n", "", "500m"), Pod(), "has 500m cpu in all and not 1"},
      {Node("n"), Pod(R"({"containers":[{"resources":{"limits":{"nvidia.com/gpu":1}}}]})"),
       "has 0 nvidia.com/gpu in all and not 1"},
  };
  for (const Row& row : rows) {
    INFO(row.pod.dump() << row.node.dump());
    CHECK(WhyNodeRefuses(row.node, row.pod) == row.why);
  }
}

TEST_CASE("pods take room from each other", "[checks][node_fit]") {
  const std::vector<Json> nodes = {Node("a"), Node("b", R"({"spec":{"unschedulable":true}})"),
                                   Node("c", "", "2")};
  const std::vector<Json> pods = {
      Parse(
          R"({"spec":{"nodeName":"a","containers":[{"resources":{"requests":{"cpu":"2"}}}]},"status":{"phase":"Running"}})"),
      Parse(
          R"({"spec":{"nodeName":"a","containers":[{"resources":{"requests":{"cpu":"2"}}}]},"status":{"phase":"Succeeded"}})")};
  NodeRoom room(nodes, pods);
  CHECK(room.Place(Pod(), 0) == "");
  CHECK(room.Place(Pod(), 3) == "");
  CHECK(room.Place(Pod(), 2) == "1 finds a node: 2 nodes have not enough cpu free, 1 node is cordoned");
}
