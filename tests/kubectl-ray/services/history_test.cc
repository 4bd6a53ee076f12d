#include "kubectl-ray/services/history.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Yaml(const std::string& text) {
  auto value = ParseYaml("x", text);
  INFO(text << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

Json ServiceOf(const std::string& spec, const std::string& status = "{}") {
  return Yaml(
      "apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: demo, namespace: ns, uid: u-1}\nspec: " +
      spec + "\nstatus: " + status);
}

Json Kept(std::int64_t number, const std::string& spec) { return RevisionFor(ServiceOf(spec), number); }

}  // namespace

TEST_CASE("a revision is named by the spec and its service, and goes with that") {
  const Json revision = Kept(3, "{serveConfigV2: a, suspend: true}");
  CHECK(revision["revision"] == 3);
  CHECK(revision["data"]["spec"] == Yaml("{serveConfigV2: a}"));
  CHECK(revision["metadata"]["labels"]["kubectl.ray.io/revision-of"] == "u-1");
  CHECK(revision["metadata"]["ownerReferences"][0]["uid"] == "u-1");
  const std::string name = revision["metadata"]["name"];
  CHECK(name.starts_with("demo-"));
  CHECK(Kept(1, "{serveConfigV2: a}")["metadata"]["name"] == name);
  CHECK(Kept(3, "{serveConfigV2: b}")["metadata"]["name"] != name);
  Json again = ServiceOf("{serveConfigV2: a}");
  again["metadata"]["uid"] = "u-2";
  CHECK(RevisionFor(again, 3)["metadata"]["name"] != name);
}

TEST_CASE("undo goes to the newest spec that differs, or to the one of a number") {
  const auto revisions = ReadRevisions({Kept(7, "{serveConfigV2: c}"), Kept(2, "{serveConfigV2: b}"),
                                        Yaml("{revision: 9, data: {}}"), Kept(1, "{serveConfigV2: a}")});
  REQUIRE(revisions.size() == 3);
  const struct {
    std::string current;
    std::int64_t number;
    std::string wanted;
  } rows[] = {
      {"{serveConfigV2: d}", 0, "{serveConfigV2: c}"},
      {"{serveConfigV2: c}", 0, "{serveConfigV2: b}"},
      {"{serveConfigV2: c, suspend: true}", 0, "{serveConfigV2: b, suspend: true}"},
      {"{serveConfigV2: c}", 1, "{serveConfigV2: a}"},
      {"{serveConfigV2: c}", 7, "{serveConfigV2: c}"},
  };
  for (const auto& row : rows) {
    INFO(row.current << " " << row.number);
    const auto found = EarlierRevision(revisions, ServiceOf(row.current), row.number);
    REQUIRE(found);
    CHECK(found->spec == Yaml(row.wanted));
  }
  CHECK(EarlierRevision(revisions, ServiceOf("{}"), 3).error().message == "no revision 3 of it is kept");
  CHECK(EarlierRevision({}, ServiceOf("{}"), 0).error().message == "no earlier spec of it is kept");
  CHECK(EarlierRevision({revisions.front()}, ServiceOf("{serveConfigV2: a}"), 0).error().code ==
        shared::ErrorCode::kNotFound);
}

TEST_CASE("the active cluster's spec is taken without what is only its own") {
  const Json service = ServiceOf(
      "{serveConfigV2: new, rayClusterConfig: {rayVersion: '2', workerGroupSpecs: [{groupName: a, replicas: "
      "5, "
      "minReplicas: 1}, {groupName: c}]}}");
  const Json cluster = Yaml(
      "spec: {rayVersion: '1', suspend: false, workerGroupSpecs: [{groupName: a, replicas: 2, maxReplicas: "
      "9, "
      "scaleStrategy: {workersToDelete: [x]}}, {groupName: b, replicas: 3}]}");
  CHECK(WithClusterOf(service, cluster) == Yaml("{serveConfigV2: new, rayClusterConfig: {rayVersion: '1', "
                                                "workerGroupSpecs: [{groupName: a, replicas: "
                                                "5, minReplicas: 1}, {groupName: b, replicas: 3}]}}"));
}

TEST_CASE("what becomes of a cluster that is under way") {
  const std::string both =
      "{activeServiceStatus: {rayClusterName: old}, pendingServiceStatus: {rayClusterName: new}}";
  CHECK(FateOfPending(ServiceOf("{}")).empty());
  CHECK(FateOfPending(ServiceOf("{}", "{activeServiceStatus: {rayClusterName: old}}")).empty());
  CHECK(FateOfPending(ServiceOf("{}", "{pendingServiceStatus: {rayClusterName: new}}")) ==
        "Cluster \"new\", which never served, gives way to one of the earlier spec.");
  CHECK(FateOfPending(ServiceOf("{}", both)) ==
        "The operator gives cluster \"new\" up, and makes another one of the earlier spec; cluster \"old\" "
        "serves until that is ready.");
  CHECK(FateOfPending(ServiceOf("{upgradeStrategy: {type: NewClusterWithIncrementalUpgrade}}", both)) ==
        "The operator leads all traffic back to cluster \"old\", and deletes \"new\".");
}
