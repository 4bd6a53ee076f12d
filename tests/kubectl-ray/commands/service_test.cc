// `create service`, `rollout status`, `rollout history` and `rollout undo`, from words to output, against an
// API server of the test's own.
#include <catch2/catch_test_macros.hpp>
#include <string_view>

#include "tests/support/golden.h"
#include "tests/support/program.h"

using namespace std::string_view_literals;

namespace {

using Answers = std::map<std::string, std::string>;

const std::string kOurs = "/apis/ray.io/v1/namespaces/default/rayservices/demo";
const std::string kRevisions = "/apis/apps/v1/namespaces/default/controllerrevisions";

// Changed long ago: what the operator reports is of the last change.
std::string Service(const std::string& version, const std::string& config, const std::string& status) {
  return R"({"apiVersion":"ray.io/v1","kind":"RayService","metadata":{"name":"demo","namespace":"default","uid":"u-1",)"
         R"("resourceVersion":"7","labels":{"team":"a"},"managedFields":[{"time":"2026-11-29T18:00:00Z"}]},"spec":{"serveConfigV2":")" +
         config + R"(","rayClusterConfig":{"rayVersion":")" + version + R"("}},"status":)" + status + "}";
}

const char* const kUnderWay =
    R"({"activeServiceStatus":{"rayClusterName":"old"},"pendingServiceStatus":{"rayClusterName":"new"}})";
const char* const kServes =
    R"({"numServeEndpoints":1,"conditions":[{"type":"Ready","status":"True"}],"activeServiceStatus":{"rayClusterName":
    "old","applicationStatuses":{"default":{"status":"RUNNING"}}}})";

std::string Revision(int number, const std::string& version, const std::string& config) {
  return R"({"metadata":{"name":"demo-)" + std::to_string(number) +
         R"(","creationTimestamp":"2026-11-29T18:00:00Z"},"revision":)" + std::to_string(number) +
         R"(,"data":{"spec":{"serveConfigV2":")" + config + R"(","rayClusterConfig":{"rayVersion":")" +
         version + R"("}}}})";
}

Answers Server(const std::string& live, const std::string& result, const std::string& revisions) {
  return {
      {"GET /apis/ray.io/v1", HttpAnswer(200, R"({"resources":[
        {"name":"rayservices","kind":"RayService","namespaced":true},
        {"name":"rayclusters","kind":"RayCluster","namespaced":true}]})")},
      {"GET " + kOurs, HttpAnswer(200, live)},
      {"PATCH " + kOurs, HttpAnswer(200, result)},
      {"GET /apis/ray.io/v1/namespaces/default/rayclusters/old",
       HttpAnswer(200, R"({"spec":{"rayVersion":"2.52.0"}})")},
      {"GET " + kRevisions, HttpAnswer(200, R"({"items":[)" + revisions + "]}")},
      {"POST " + kRevisions, HttpAnswer(201, "{}")},
      {"GET /api/v1/namespaces/default/pods", HttpAnswer(200, R"({"items":[]})")},
      {"GET /api/v1/namespaces/default", HttpAnswer(200, "{}")},
  };
}

Answers Nothing() {
  Answers answers = Server("", Service("2.60.0", "x", "{}"), "");
  answers["GET " + kOurs] = HttpAnswer(404, R"({"kind":"Status","code":404,"details":{"name":"demo"}})");
  return answers;
}

std::string Without(std::string text, const std::string& folder) {
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;)
    text.replace(at, folder.size(), "DIR");
  return text;
}

}  // namespace

TEST_CASE("create service sends one object, after Serve's and the operator's rules") {
  const Tree files;
  files.Write("serve.yaml",
              "# ours\napplications:\n- {name: fruit, import_path: 'fruit:app', route_prefix: /fruit}\n");
  files.Write("bad.yaml", "applications:\n- {name: fruit, import_paht: 'fruit:app'}\n");
  const std::string good = files.path() + "/serve.yaml", bad = files.path() + "/bad.yaml";
  Transcript transcript(Nothing());
  transcript.Run({"create", "service", "demo", "--serve-config", good, "--no-agent", "--pod-security",
                  "privileged", "--dry-run"});
  transcript.Run({"create", "service", "demo", "--import-path", "math:app", "--serve-config", good,
                  "--worker-replicas", "0", "--no-agent", "--pod-security", "privileged"});
  transcript.Run({"create", "service", "demo", "--import-path", "math:app", "--route-prefix", "/fruit",
                  "--serve-config", good, "--no-agent"});
  transcript.Run({"create", "service", "demo", "--serve-config", bad, "--no-agent"});
  transcript.Run({"create", "service", "demo"});
  transcript.Run({"create", "service", "demo", "--app-name", "x"});
  transcript.Run({"create", "service", "demo", "--import-path", "a:b", "--no-agent", "--set",
                  "spec.upgradeStrategy.type=Sometimes"});
  Answers taken = Server(Service("2.60.0", "x", "{}"), "{}", "");
  Transcript again(taken);
  again.Run({"create", "service", "demo", "--import-path", "a:b", "--no-agent"});
  taken["GET /apis/ray.io/v1"] = HttpAnswer(200, R"({"resources":[]})");
  Transcript nowhere(taken);
  nowhere.Run({"create", "service", "demo", "--import-path", "a:b", "--no-agent"});
  CheckGolden("commands/create-service.txt",
              Without(transcript.text() + again.text() + nowhere.text(), files.path()));
}

TEST_CASE("rollout undo prints what it does, keeps what it replaces, and sends the earlier spec") {
  const std::string live = Service("2.60.0", "b", kUnderWay), earlier = Service("2.52.0", "a", kUnderWay);
  Transcript transcript(Server(live, earlier, Revision(1, "2.51.0", "z") + "," + Revision(2, "2.52.0", "a")));
  transcript.Run({"rollout", "undo", "rayservice/demo", "--dry-run"});
  transcript.Run({"rollout", "undo", "demo", "-y"});
  transcript.Run({"rollout", "undo", "demo"});
  transcript.Run({"rollout", "undo", "demo", "--to-revision", "9", "-y"});
  transcript.Run({"rollout", "undo", "demo", "--to-revision", "9", "--cluster-only"});
  transcript.Run({"rollout", "undo", "rayjob/demo"});
  Transcript kept_nothing(Server(live, Service("2.52.0", "b", kUnderWay), ""));
  kept_nothing.Run({"rollout", "undo", "demo", "-y"});
  kept_nothing.Run({"rollout", "undo", "demo", "--cluster-only", "-y"});
  // What server-side apply leaves of another manager is asked to be replaced as a whole; here that changes
  // nothing either.
  Transcript mixed(Server(live, live, Revision(2, "2.52.0", "a")));
  mixed.Run({"rollout", "undo", "demo", "-y"});
  Transcript over(
      Server(Service("2.60.0", "b",
                     R"({"conditions":[{"type":"Ready","status":"False","reason":"InitializingTimeout"}]})"),
             live, ""));
  over.Run({"rollout", "undo", "demo", "-y"});
  CheckGolden("commands/rollout-undo.txt",
              transcript.text() + kept_nothing.text() + mixed.text() + over.text());
}

TEST_CASE("rollout status ends by the verdict") {
  Transcript serves(Server(Service("2.60.0", "b", kServes), "{}", ""));
  serves.Run({"rollout", "status", "rayservice/demo"});
  std::string suspended = Service("2.60.0", "b", kServes);
  suspended.replace(suspended.find(R"("serveConfigV2")"), 0, R"("suspend":true,)");
  Transcript paused(Server(suspended, "{}", ""));
  paused.Run({"rollout", "status", "demo", "-o", "json"});
  Transcript failed(Server(
      Service(
          "2.60.0", "b",
          R"({"activeServiceStatus":{"rayClusterName":"old","applicationStatuses":{"default":{"status":"DEPLOY_FAILED"}}}})"),
      "{}", ""));
  failed.Run({"rollout", "status", "demo"});
  Transcript unseen(Server(Service("2.60.0", "b", "null"), "{}", ""));
  unseen.Run({"rollout", "status", "demo", "--watch=false"});
  unseen.Run({"rollout", "status", "raycluster/demo"});
  std::string just_changed = Service("2.60.0", "b", kServes);
  just_changed.erase(just_changed.find(R"(,"managedFields")"),
                     R"(,"managedFields":[{"time":"2026-11-29T18:00:00Z"}])"sv.size());
  Transcript unreported(Server(just_changed, "{}", ""));
  unreported.Run({"rollout", "status", "demo", "--watch=false"});
  CheckGolden("commands/rollout-status.txt",
              serves.text() + paused.text() + failed.text() + unseen.text() + unreported.text());
}

TEST_CASE("rollout history lists what was replaced, and prints one spec as a whole") {
  const std::string live = Service("2.60.0", "a", kServes);
  // The first one is shown to have been replaced at the beginning of time, so that its age does not change
  // soon.
  std::string first = Revision(1, "2.51.0", "z");
  first.replace(first.find("2026-11-29T18:00:00Z"), 20, "2000-01-01T00:00:00Z");
  std::string second = Revision(2, "2.60.0", "a");
  second.replace(second.find("2026-11-29T18:00:00Z"), 20, "2000-01-01T00:00:00Z");
  std::string third = second;
  third.replace(third.find("demo-2"), 6, "demo-3")
      .replace(third.find(R"("revision":2)"), 12, R"("revision":3)");
  third.replace(
      third.find(R"("serveConfigV2":"a")"), 19,
      R"("serveConfigV2":"b","excludeHeadPodFromServeSvc":true,"serviceUnhealthySecondThreshold":9)");
  Transcript transcript(Server(live, "{}", second + "," + first + "," + third));
  transcript.Run(
      {"rollout", "history", "rayservice/demo", "-o", "custom-columns=R:.revision,C:.changed,S:.sameAs"});
  transcript.Run({"rollout", "history", "demo", "-o", "json"});
  transcript.Run({"rollout", "history", "demo", "-o", "name"});
  transcript.Run({"rollout", "history", "demo", "--revision", "1"});
  transcript.Run({"rollout", "history", "demo", "--revision", "3", "-o", "json"});
  transcript.Run({"rollout", "history", "demo", "--revision", "9"});
  transcript.Run({"rollout", "history", "demo", "--revision", "1", "-o", "wide"});
  transcript.Run({"rollout", "history", "demo", "--revision", "-1"});
  transcript.Run({"rollout", "history", "rayjob/demo"});
  Transcript none(Server(live, "{}", ""));
  none.Run({"rollout", "history", "demo"});
  CheckGolden("commands/rollout-history.txt", transcript.text() + none.text());
  Transcript table(Server(live, "{}", first + "," + second + "," + third));
  table.Run({"rollout", "history", "demo"});
  const std::string& text = table.text();
  CHECK(text.find("REVISION   REPLACED") != std::string::npos);
  CHECK(text.find("ago ") != std::string::npos);
  CHECK(text.find("spec.serveConfigV2, spec.rayClusterConfig.rayVersion\n") != std::string::npos);
  CHECK(text.find("; as revision 2\n") != std::string::npos);
}
