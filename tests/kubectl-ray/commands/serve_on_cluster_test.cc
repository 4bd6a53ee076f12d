// `create service`, `rollout status` and `delete` on a cluster without a RayService, from words to output,
// against a dashboard of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;

const std::string kPath = "/api/serve/applications/";
const std::string kAddress = "--address=http://SERVER";

// As Ray 2.60 answers, without fields that are not read.
std::string Details(const std::string& applications) {
  return R"({"controller_info":{"node_id":"a"},"proxy_location":"EveryNode","http_options":{"host":"0.0.0.0","port":8000},
    "proxies":{"a":{"status":"HEALTHY"}},"target_capacity":null,"applications":{)" +
         applications + "}}";
}

std::string Application(const std::string& name, const std::string& status, const std::string& message = "") {
  return "\"" + name + R"(":{"name":")" + name + R"(","route_prefix":"/)" + name + R"(","status":")" +
         status + R"(","message":")" + message +
         R"(","source":"declarative","deployed_app_config":{"name":")" + name + R"(","route_prefix":"/)" +
         name + R"(","import_path":")" + name +
         R"(:app"},"deployments":{"Answer":{"status":"HEALTHY","message":"","target_num_replicas":1,"replicas":[)"
         R"({"state":"RUNNING"}]}}})";
}

Answers Serves(const std::string& applications) {
  return {{"GET " + kPath, HttpAnswer(200, Details(applications))},
          {"PUT " + kPath, HttpAnswer(200, "")},
          {"DELETE " + kPath, HttpAnswer(200, "")}};
}

const std::string kFruit = Application("fruit", "RUNNING");
const std::string kRun =
    R"("run":{"name":"run","route_prefix":"/run","status":"RUNNING","message":"","source":"imperative","deployments":{}})";

std::string Without(std::string text, const std::string& folder) {
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;)
    text.replace(at, folder.size(), "DIR");
  return text;
}

}  // namespace

TEST_CASE("create service on a cluster that runs sends what stays along") {
  const Tree files;
  files.Write(
      "serve.yaml",
      "http_options: {port: 9000}\napplications:\n- {name: fruit, import_path: 'fruit:app', route_prefix: "
      "/fruit, args: {size: 1}}\n");
  const std::string file = files.path() + "/serve.yaml";
  Transcript transcript(Serves(kFruit + "," + kRun));
  transcript.Run(
      {"create", "service", "math", kAddress, "--import-path", "math:app", "--route-prefix", "/math"});
  transcript.Run({"create", "service", kAddress, "--serve-config", file, "--import-path", "math:app"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "math:app", "--dry-run"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "math:app", "-o", "json"});
  transcript.Run(
      {"create", "service", "math", kAddress, "--import-path", "math:app", "--route-prefix", "/fruit"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "math:app", "--replace"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "math:app", "--replace", "-y"});
  transcript.Run({"create", "service", kAddress});
  transcript.Run({"create", "service", "math", kAddress, "--serve-config", file});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "a:b", "--app-name", "x"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "a:b", "--worker-replicas", "3"});
  transcript.Run({"create", "service", "math", kAddress, "--import-path", "a:b", "-o", "name"});
  transcript.Run({"create", "service", "math", "--import-path", "a:b", "--replace"});
  Answers refuses = Serves("");
  refuses["PUT " + kPath] = HttpAnswer(
      400,
      "1 validation error for ServeDeploySchema\napplications.0.args\n  Input should be a valid dictionary "
      "[type=dict_type]\n    For further information visit https://errors.pydantic.dev/2.11/v/dict_type");
  Transcript refused(refuses);
  refused.Run({"create", "service", kAddress, "--import-path", "a:b"});
  Transcript without(
      Answers{{"GET " + kPath, HttpAnswer(501,
                                          "Serve dependencies are not installed. Please run `pip install "
                                          "\"ray[serve]\"`.")}});
  without.Run({"create", "service", kAddress, "--import-path", "a:b"});
  CheckGolden("commands/serve-create.txt",
              Without(transcript.text() + refused.text() + without.text(), files.path()));
}

TEST_CASE("create service on a cluster that runs waits for its own applications alone") {
  Transcript ready(Serves(kFruit + "," + Application("other", "DEPLOY_FAILED", "no other")));
  ready.Run({"create", "service", "fruit", kAddress, "--import-path", "fruit:app", "--route-prefix", "/fruit",
             "--wait"});
  Transcript failed(Serves(Application("fruit", "DEPLOY_FAILED", "no module\\nnamed fruit")));
  failed.Run({"create", "service", "fruit", kAddress, "--import-path", "fruit:app", "--wait"});
  CheckGolden("commands/serve-wait.txt", ready.text() + failed.text());
}

TEST_CASE("rollout status of a cluster ends by the verdict") {
  Transcript serves(Serves(kFruit + "," + kRun));
  serves.Run({"rollout", "status", kAddress});
  serves.Run({"rollout", "status", kAddress, "-o", "json"});
  serves.Run({"rollout", "status", kAddress, "demo"});
  serves.Run({"rollout", "status", kAddress, "cluster/demo"});
  serves.Run({"rollout", "status"});
  serves.Run({"rollout", "status", "--ca", "x"});
  Transcript failed(Serves(kFruit + "," + Application("math", "DEPLOY_FAILED", "no math")));
  failed.Run({"rollout", "status", kAddress});
  Transcript on_its_way(Serves(Application("math", "DEPLOYING")));
  on_its_way.Run({"rollout", "status", kAddress, "--watch=false"});
  on_its_way.Run({"rollout", "status", kAddress, "--timeout", "1ms"});
  Transcript nothing(Serves(""));
  nothing.Run({"rollout", "status", kAddress});
  Transcript no_serve(Answers{{"GET " + kPath, HttpAnswer(200, "[]")}});
  no_serve.Run({"rollout", "status", kAddress});
  CheckGolden("commands/serve-status.txt",
              serves.text() + failed.text() + on_its_way.text() + nothing.text() + no_serve.text());
}

TEST_CASE("delete takes applications away, and leaves the others") {
  Transcript transcript(Serves(kFruit + "," + Application("my app", "RUNNING") + "," + kRun));
  transcript.Run({"delete", "service/fruit", kAddress});
  transcript.Run({"delete", "service/fruit", "fruit", "my app", kAddress, "-y"});
  transcript.Run({"delete", "friut", kAddress, "-y"});
  transcript.Run({"delete", "run", kAddress, "-y"});
  transcript.Run({"delete", kAddress, "--all"});
  transcript.Run({"delete", kAddress, "--all", "-y"});
  transcript.Run({"delete", kAddress});
  transcript.Run({"delete", "fruit", kAddress, "--all"});
  transcript.Run({"delete", "fruit", "--all"});
  transcript.Run({"delete", "fruit", kAddress, "-y", "--wait", "--timeout", "1ms"});
  Transcript nothing(
      Answers{{"GET " + kPath, HttpAnswer(200, R"({"controller_info":{},"proxies":{},"applications":{}})")}});
  nothing.Run({"delete", kAddress, "--all", "-y"});
  CheckGolden("commands/serve-delete.txt", transcript.text() + nothing.text());
}

TEST_CASE("what a RayService deploys is its own") {
  const std::string cluster = "/apis/ray.io/v1/namespaces/default/rayclusters/fruit-x7k2p";
  Transcript transcript({
      {"GET /apis/ray.io/v1", HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})")},
      {"GET /apis/apps/v1/namespaces/default/deployments", HttpAnswer(200, R"({"items":[]})")},
      {"GET " + cluster,
       HttpAnswer(200, R"({"metadata":{"name":"fruit-x7k2p","labels":{"ray.io/originated-from-crd":
        "RayService"},"ownerReferences":[{"kind":"RayService","name":"fruit"}]}})")},
  });
  transcript.Run({"create", "service", "math", "-c", "fruit-x7k2p", "--import-path", "math:app"});
  transcript.Run({"delete", "-c", "fruit-x7k2p", "--all"});
  CheckGolden("commands/serve-of-rayservice.txt", transcript.text());
}
