#include "kubectl-ray/clusters/gather_status.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/scripted_api.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using shared::Fail;

namespace {

const std::string kServed = HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})");
const std::string kCluster = HttpAnswer(
    200, R"({"metadata":{"name":"demo","namespace":"team","uid":"u1"},"status":{"state":"ready"}})");

// A list of the head's pod alone; `ray`: the rest of the status of Ray's container.
std::string Pods(const std::string& ray) {
  return HttpAnswer(200, R"({"items":[{"metadata":{"name":"demo-head","labels":{
      "ray.io/node-type":"head","ray.io/group":"headgroup"}},"spec":{"containers":[{"name":"ray-head"}]},
      "status":{"phase":"Running","containerStatuses":[{"name":"ray-head",)" +
                             ray + "}]}}]}");
}

const std::string kReady = R"("ready":true,"started":true,"state":{"running":{}})";
const std::string kCrashing =
    R"("ready":false,"started":false,"state":{"waiting":{"reason":"CrashLoopBackOff"}})";

}  // namespace

TEST_CASE("a dashboard that fails leaves Ray's part empty, with the reason") {
  ScriptedApi api({kServed, kCluster, Pods(kReady), HttpAnswer(200, R"({"items":[]})")});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  std::vector<std::string> asked;
  const auto input = GatherStatus(
      kube, "team", "demo", [&](const std::string& path, std::chrono::milliseconds) -> shared::Result<Json> {
        asked.push_back(path);
        if (path.starts_with("/nodes")) return Fail(ErrorCode::kTimeout, "no answer");
        return Json{{"data", 1}};
      });
  REQUIRE(input);
  CHECK(input->with_operator);
  CHECK(input->pods.size() == 1);
  CHECK(input->ray_failure == "no answer");
  CHECK(!input->ray_status.is_null());
  CHECK(input->ray_nodes.is_null());
  CHECK(asked.size() == 2);  // the rest is not asked for
}

TEST_CASE("a head that cannot answer is not asked, and events that may not be read are done without") {
  const std::string forbidden = HttpAnswer(403, R"({"kind":"Status","code":403,"reason":"Forbidden"})");
  ScriptedApi api({kServed, kCluster, Pods(kCrashing), forbidden});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  const auto input = GatherStatus(kube, "team", "demo",
                                  [](const std::string&, std::chrono::milliseconds) -> shared::Result<Json> {
                                    FAIL("the dashboard was asked");
                                    return Json();
                                  });
  REQUIRE(input);
  CHECK(input->ray_failure == "its head is not ready");
  CHECK(input->events.empty());
}

TEST_CASE("the dashboard is asked for the jobs alone once the GCS has answered") {
  ScriptedApi api({kServed, kCluster, Pods(kReady), HttpAnswer(200, R"({"items":[]})")});
  const KubeClient kube(api.Access(), std::chrono::seconds(10));
  auto input = GatherObjects(kube, "team", "demo");
  REQUIRE(input);
  input->gcs.emplace();
  std::vector<std::string> asked;
  AddRaysAnswers(
      kube,
      [&](const std::string& path, std::chrono::milliseconds) -> shared::Result<Json> {
        asked.push_back(path);
        return Json::array({1});
      },
      &*input);
  CHECK(asked == std::vector<std::string>{"/api/jobs/"});
  CHECK(input->ray_jobs.size() == 1);
  CHECK(input->ray_failure.empty());
}
