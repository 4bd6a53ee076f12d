#include "kubectl-ray/checks/report.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/tree.h"

using namespace kubectl_ray;

TEST_CASE("what people put tokens into is redacted", "[checks][report]") {
  const Json pod = *shared::ParseJson(
      R"({"metadata":{"name":"p","annotations":{"a":"hidden-1"},"managedFields":[{"f":"hidden-2"}]},
    "spec":{"containers":[{"name":"c","image":"ray:1","command":["sh","-c","hidden-3"],"args":["hidden-4"],
      "env":[{"name":"TOKEN","value":"hidden-5"},{"name":"KEY","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}})");
  const std::string text = shared::DumpJson(Redacted(pod));
  CHECK(text.find("hidden") == std::string::npos);
  for (const char* kept : {"ray:1", "TOKEN", "secretKeyRef", "\"p\""})
    CHECK(text.find(kept) != std::string::npos);
}

TEST_CASE("a report holds facts and findings, and nothing secret", "[checks][report]") {
  Facts facts{.ns = "team"};
  facts.cluster = "demo";
  facts.ray_cluster = *shared::ParseJson(
      R"({"metadata":{"name":"demo"},"spec":{"headGroupSpec":{"template":{"spec":{"containers":[
    {"name":"ray-head","env":[{"name":"AWS_SECRET","value":"tok-1"}]}]}}}}})");
  facts.planned = PlanPods(facts.ray_cluster, facts.backend);
  facts.nodes = shared::Fail(shared::ErrorCode::kAuth, "cannot list nodes");
  facts.lookups = std::vector<NameLookup>{{"demo-head", "demo-head-svc", {"10.0.0.1"}, ""}};
  facts.forbidden_way = Fact<ForbiddenWay>(shared::Fail(shared::ErrorCode::kAuth, "cannot create pods"));
  const auto files = ReportFiles(facts, RunChecks(facts, {}));
  std::string all;
  for (const auto& [name, text] : files) all += name + ":" + text;
  CHECK(all.find("tok-1") == std::string::npos);
  CHECK(all.find("nodes.json:{\n  \"notRead\": \"cannot list nodes\"\n}") != std::string::npos);
  CHECK(all.find("lookups.json:[\n") != std::string::npos);
  CHECK(all.find("silent-stream.json:null\n") != std::string::npos);
  CHECK(all.find("forbidden-way.json:{\n  \"notRead\": \"cannot create pods\"\n}") != std::string::npos);
  CHECK(all.find("findings.txt:access\n") == 0);
}

TEST_CASE("a report is a zip that is written once", "[checks][report]") {
  const Tree tree;
  const std::string path = tree.path() + "/x.zip";
  REQUIRE(WriteReport(path, {{"a.txt", "text"}}));
  std::ifstream file(path, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}).starts_with("PK\x03\x04"));
  CHECK(WriteReport(path, {}).error().message == "cannot write \"" + path + "\": it exists already");
  CHECK(!WriteReport(tree.path() + "/no/x.zip", {}));
}
