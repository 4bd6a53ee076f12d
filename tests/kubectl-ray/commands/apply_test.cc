// `apply`, from words to output, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;

const char* const kFile = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: code}
data: {a.py: print(1)}
---
apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: demo
spec:
  rayVersion: 2.53.0
  headGroupSpec:
    template:
      spec:
        containers:
        - {name: ray, image: "x\e[31m"}
  workerGroupSpecs:
  - groupName: cpus
    replicas: 3
    template: {spec: {containers: [{name: ray, image: x}]}}
)";

std::string Cluster(const std::string& version, int replicas) {
  return R"({"apiVersion":"ray.io/v1","kind":"RayCluster","metadata":{"name":"demo","namespace":"default"},"spec":{
    "rayVersion":")" +
         version +
         R"(","upgradeStrategy":{"type":"Recreate"},"workerGroupSpecs":[{"groupName":"cpus","replicas":)" +
         std::to_string(replicas) + "}]}}";
}

Answers Server() {
  const std::string maps = "/api/v1/namespaces/default/configmaps/code";
  const std::string clusters = "/apis/ray.io/v1/namespaces/default/rayclusters/demo";
  return {
      {"GET /api/v1",
       HttpAnswer(200, R"({"resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true},
        {"name":"secrets","kind":"Secret","namespaced":true},{"name":"namespaces","kind":"Namespace"}]})")},
      {"GET /apis/ray.io/v1", HttpAnswer(200, R"({"resources":[
        {"name":"rayclusters/status","kind":"RayCluster","namespaced":true},
        {"name":"rayclusters","kind":"RayCluster","namespaced":true}]})")},
      {"GET " + maps, HttpAnswer(404, R"({"kind":"Status","code":404,"details":{"name":"code"}})")},
      {"PATCH " + maps,
       HttpAnswer(200, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"code"}})")},
      {"GET " + clusters, HttpAnswer(200, Cluster("2.52.0", 1))},
      {"PATCH " + clusters, HttpAnswer(200, Cluster("2.53.0", 3))},
  };
}

// The text with DIR for the folder.
std::string Without(std::string text, const std::string& folder) {
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;)
    text.replace(at, folder.size(), "DIR");
  return text;
}

}  // namespace

TEST_CASE("apply prints what each change does, asks before pods are deleted, and sends it") {
  const Tree files;
  files.Write("demo.yaml", kFile);
  const std::string file = files.path() + "/demo.yaml";
  Transcript transcript(Server());
  transcript.Run({"apply", "-f", file, "--dry-run=server"});
  transcript.Run({"apply", "-f", file, "--dry-run=server", "-o", "json"});
  transcript.Run({"apply", "-f", file});
  transcript.Run({"apply", "-f", file, "-y", "--force-conflicts"});
  transcript.Run({"apply", "-f", file, "-y", "-o", "name"});
  transcript.Run({"apply", "-f", file, "--dry-run=client"});
  transcript.Run({"apply", "-f", file, "-n", "other", "--dry-run=client", "-o", "yaml"});
  CheckGolden("commands/apply.txt", Without(transcript.text(), files.path()));
}

TEST_CASE("apply --diff shows what the server would store, and its exit code says whether it differs") {
  const Tree files;
  files.Write("demo.yaml", kFile);
  files.Write("wrong.yaml", "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec: {}\n");
  const std::string file = files.path() + "/demo.yaml";
  Answers same = Server(), refusing = Server();
  const std::string maps = "/api/v1/namespaces/default/configmaps/code";
  same["GET " + maps] = same["PATCH " + maps];
  const std::string clusters = "/apis/ray.io/v1/namespaces/default/rayclusters/demo";
  same["GET " + clusters] = same["PATCH " + clusters];
  refusing["PATCH " + clusters] = HttpAnswer(403, R"({"kind":"Status","code":403,"message":"no"})");
  Transcript differs(Server()), equal(same), refused(refusing);
  differs.Run({"apply", "-f", file, "--diff"});
  equal.Run({"apply", "-f", file, "--diff", "--dry-run=server"});
  refused.Run({"apply", "-f", file, "--diff"});
  refused.Run({"apply", "-f", files.path() + "/wrong.yaml", "--diff"});
  refused.Run({"apply", "-f", file, "--diff", "-o", "name"});
  refused.Run({"apply", "-f", file, "--diff", "--dry-run"});
  CheckGolden("commands/apply-diff.txt",
              Without(differs.text() + equal.text() + refused.text(), files.path()));
}

TEST_CASE("apply refuses what the operator, the API server or YAML refuses, with the line") {
  const Tree files;
  const auto write = [&](const std::string& name, const std::string& text) {
    files.Write(name, text);
    return files.path() + "/" + name;
  };
  Answers answers = Server();
  answers["PATCH /apis/ray.io/v1/namespaces/default/rayclusters/demo"] = HttpAnswer(
      500,
      R"({"kind":"Status","code":500,"message":"failed to create typed patch object (default/demo; ray.io/v1,)"
      R"( Kind=RayCluster): .spec.workerGroupSpecs[0].replicaz: field not declared in schema"})");
  Transcript transcript(answers);
  const std::string head = "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: demo}\nspec:\n";
  const std::string pods = "  headGroupSpec: {template: {spec: {containers: [{name: ray}]}}}\n";
  transcript.Run({"apply", "-f", write("rules.yaml", head + "  networkPolicy: {}\n  headGroupSpec: {}\n")});
  transcript.Run(
      {"apply", "-f",
       write("typo.yaml", head + pods +
                              "  workerGroupSpecs:\n  - groupName: cpus\n    replicaz: 3\n    template: "
                              "{spec: {containers: [{name: ray}]}}\n")});
  transcript.Run({"apply", "-f", write("template.yaml", head + "  rayVersion: x{{ .Values.version }}\n")});
  transcript.Run({"apply", "-f", write("no-kind.yaml", "a: 1\n")});
  transcript.Run(
      {"apply", "-f", write("unknown.yaml", "apiVersion: v1\nkind: Nothing\nmetadata: {name: a}\n")});
  transcript.Run({"apply", "-f", write("path.yaml", "apiVersion: ../../x\nkind: A\nmetadata: {name: a}\n")});
  transcript.Run({"apply", "-f",
                  write("nameless.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a}\n")});
  transcript.Run({"apply", "-f",
                  write("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: x}\n"),
                  "-n", "y"});
  // A dry run that asks no server refuses what is no object, or a misspelt one, all the same.
  for (const char* file : {"no-kind.yaml", "nameless.yaml"})
    transcript.Run({"apply", "-f", files.path() + "/" + file, "--dry-run"});
  transcript.Run({"apply", "-f",
                  write("kind.yaml", "apiVersion: ray.io/v1\nkind: RayClustr\nmetadata: {name: a}\n"),
                  "--dry-run"});
  transcript.Run({"apply", "-f", write("empty.yaml", "# nothing\n")});
  transcript.Run({"apply", "-f", files.path() + "/none.yaml"});
  transcript.Run({"apply"});
  CheckGolden("commands/apply-refused.txt", Without(transcript.text(), files.path()));
}

TEST_CASE("apply shows no value of a Secret") {
  const Tree files;
  files.Write("s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: new}\n");
  Answers answers = Server();
  const auto secret = [](const std::string& data) {
    return HttpAnswer(
        200,
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"password":")" + data + "\"}}");
  };
  answers["GET /api/v1/namespaces/default/secrets/s"] = secret("b2xk");
  answers["PATCH /api/v1/namespaces/default/secrets/s"] = secret("bmV3");
  Transcript transcript(answers);
  transcript.Run({"apply", "-f", files.path() + "/s.yaml", "--dry-run=server"});
  transcript.Run({"apply", "-f", files.path() + "/s.yaml", "--dry-run=server", "-o", "json"});
  transcript.Run({"apply", "-f", files.path() + "/s.yaml", "--diff"});
  const std::string shown = Without(transcript.text(), files.path());
  CHECK(shown.find("(hidden)") != std::string::npos);
  CHECK(shown.find("-  password: \"*** (before)\"\n+  password: \"*** (after)\"\n") != std::string::npos);
  CHECK(shown.find("b2xk") == std::string::npos);
  CHECK(shown.find("bmV3") == std::string::npos);
  for (std::size_t at = 0; (at = shown.find("\"new\"", at)) != std::string::npos; ++at)
    CHECK(shown.rfind("sent: ", at) > shown.rfind('\n', at));  // what is sent has it, and nothing else
}
