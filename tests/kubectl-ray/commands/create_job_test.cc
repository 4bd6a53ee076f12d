// `create job` and `create cronjob`, from words to output, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

const std::string kGroup = "/apis/ray.io/v1/namespaces/default/";

Answers Server(const std::string& gates) {
  const auto made = [](const std::string& kind, const std::string& name, const std::string& spec) {
    return HttpAnswer(201, R"({"apiVersion":"ray.io/v1","kind":")" + kind + R"(","metadata":{"name":")" +
                               name + R"(","namespace":"default"},"spec":)" + spec + "}");
  };
  return {{"GET /apis/ray.io/v1",
           HttpAnswer(200, R"({"resources":[{"name":"rayjobs"},{"name":"raycronjobs"}]})")},
          {"GET /api/v1/namespaces/default", HttpAnswer(200, "{}")},
          {"GET /apis/apps/v1/deployments",
           HttpAnswer(
               200, R"({"items":[{"metadata":{"name":"kuberay-operator","namespace":"ray"},"spec":{"template":
             {"spec":{"containers":[{"name":"kuberay-operator","image":"kuberay/operator:v1.6.2","args":[)" +
                        gates + "]}]}}}}]}")},
          {"GET " + kGroup + "rayclusters/demo", HttpAnswer(200, R"({"spec":{"rayVersion":"2.55.1"}})")},
          {"POST " + kGroup + "rayjobs", made("RayJob", "train", "{}")},
          {"POST " + kGroup + "raycronjobs", made("RayCronJob", "night", R"({"schedule":"0 0 31 2 *"})")}};
}

const char* const kOn = R"("--feature-gates=RayCronJob=true")";

std::string Run(const Answers& answers, const Words& words) {
  Transcript transcript(answers);
  transcript.Run(words);
  const std::string& text = transcript.text();
  return text.substr(text.find('\n') + 1);
}

}  // namespace

TEST_CASE("create job sends a RayJob that KubeRay submits itself") {
  Transcript transcript(Server(kOn));
  transcript.Run({"create", "job", "train", "--image", "own:1", "--pod-security", "privileged",
                  "--worker-replicas", "0", "--backoff-limit", "2", "--env", "A=b", "--", "python", "-c",
                  "print(\"a\")"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--", "echo", "\"a\""});
  transcript.Run({"create", "job", "train", "--ray-cluster", "unknown", "--", "echo", "\"a\""});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--submission-mode", "HTTPMode",
                  "--dry-run", "--shell", "a && b"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "-o", "name", "--shell", "a && b"});
  transcript.Run(
      {"create", "job", "train", "--ray-cluster", "demo", "--dry-run=server", "-o", "name", "--", "true"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--worker-cpu", "3", "--", "true"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--backoff-limit", "1", "--", "true"});
  transcript.Run({"create", "job", "--", "true"});
  transcript.Run({"create", "job", "train"});
  transcript.Run({"create", "job", "train", "--from", "cronjob/x", "--", "true"});
  transcript.Run({"create", "job", "train", "--from", "cronjob/x", "--backoff-limit", "1"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--env", "A=$b", "--", "true"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "--set", "spec=3", "--", "true"});
  transcript.Run({"create", "job", "train", "--ray-cluster", "demo", "-o", "wide", "--", "true"});
  Answers none = Server(kOn);
  none["GET /apis/ray.io/v1"] = HttpAnswer(200, R"({"resources":[]})");
  Transcript nowhere(none);
  nowhere.Run({"create", "job", "train", "--ray-cluster", "demo", "--", "true"});
  CheckGolden("commands/create-job.txt", transcript.text() + nowhere.text());
}

TEST_CASE("create job warns of a cluster that is not there, and makes the job all the same") {
  const auto create = [](const Answers& answers, const std::string& mode) {
    return Run(answers, {"create", "job", "train", "--ray-cluster", "nosuch", "--submission-mode", mode, "--",
                         "true"});
  };
  const std::string warning =
      "warning: there is no RayCluster \"nosuch\" in namespace \"default\": the job waits until there is "
      "one\n";
  for (const char* mode : {"K8sJobMode", "HTTPMode"}) {
    INFO(mode);
    const std::string text = create(Server(kOn), mode);
    CHECK(text.find(warning) != std::string::npos);
    CHECK(text.find("rayjob.ray.io/train created\n") != std::string::npos);
    CHECK(text.find("exit code: 0\n") != std::string::npos);
    // Who may make jobs need not be allowed to read clusters.
    Answers closed = Server(kOn);
    closed["GET " + kGroup + "rayclusters/nosuch"] = HttpAnswer(
        403, R"({"kind":"Status","code":403,"reason":"Forbidden","message":"rayclusters is forbidden"})");
    const std::string refused = create(closed, mode);
    CHECK(refused.find("warning") == std::string::npos);
    CHECK(refused.find("exit code: 0\n") != std::string::npos);
    Answers there = Server(kOn);
    there["GET " + kGroup + "rayclusters/nosuch"] = HttpAnswer(200, "{}");
    CHECK(create(there, mode).find("warning") == std::string::npos);
  }
}

TEST_CASE("what is wrong with a name says whose name it is") {
  const auto refused = [](const Words& words) { return Run(Server(kOn), words); };
  CHECK(
      refused({"create", "job", "My_Job", "--", "true"}).find("cannot use \"My_Job\" as a RayJob's name: ") !=
      std::string::npos);
  CHECK(refused({"create", "cronjob", "My_Job", "--schedule", "@daily", "--", "true"})
            .find("cannot use \"My_Job\" as a RayCronJob's name: ") != std::string::npos);
  CHECK(refused({"create", "service", "My_Service", "--import-path", "a:b"})
            .find("cannot use \"My_Service\" as a RayService's name: ") != std::string::npos);
  CHECK(
      refused({"create", "cluster", "My_Cluster"}).find("cannot use \"My_Cluster\" as a cluster's name: ") !=
      std::string::npos);
  CHECK(refused({"job", "submit", "--name", "My_Job", "--dry-run", "--", "true"})
            .find("cannot use \"My_Job\" as a RayJob's name: ") != std::string::npos);
}

TEST_CASE("what is of this machine is not uploaded for a job that KubeRay submits") {
  const Tree files;
  files.Write("a.py", "pass\n");
  const std::string refused = Run(Server(kOn), {"create", "job", "train", "--ray-cluster", "demo",
                                                "--working-dir", files.path(), "--", "python", "a.py"});
  CHECK(refused.find("of this machine: nothing is uploaded for a job that KubeRay submits\n") !=
        std::string::npos);
  CHECK(refused.find("sent:") == std::string::npos);
  const std::string remote =
      Run(Server(kOn), {"create", "job", "train", "--ray-cluster", "demo", "--working-dir",
                        "https://example.com/a.zip", "--", "python", "a.py"});
  CHECK(remote.find(R"("runtimeEnvYAML":"working_dir: )") != std::string::npos);
}

TEST_CASE("create cronjob sends a RayCronJob and says when it runs") {
  const Words never = {"create", "cronjob", "night", "--schedule", "0 0 31 2 *", "--ray-cluster", "demo"};
  const auto with = [&](Words more) {
    Words words = never;
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--", "true"});
    return words;
  };
  Transcript transcript(Server(kOn));
  transcript.Run(with({}));
  transcript.Run(with({"--suspend", "--time-zone", "UTC", "--dry-run"}));
  transcript.Run(with({"--dry-run=server", "-o", "name"}));
  transcript.Run(
      {"create", "cronjob", "night", "--schedule", "0 25 * * *", "--ray-cluster", "demo", "--", "true"});
  transcript.Run(
      {"create", "cronjob", "night", "--schedule", "0 3 * *", "--ray-cluster", "demo", "--", "true"});
  transcript.Run({"create", "cronjob", "night", "--schedule", "", "--ray-cluster", "demo", "--", "true"});
  transcript.Run({"create", "cronjob", "night", "--schedule", "TZ=Asia/Tokyo 0 3 * * *", "--ray-cluster",
                  "demo", "--", "true"});
  transcript.Run({"create", "cronjob", "night", "--ray-cluster", "demo", "--", "true"});
  transcript.Run({"create", "cronjob", std::string(60, 'n'), "--schedule", "@daily", "--ray-cluster", "demo",
                  "--", "true"});
  transcript.Run(with({"--submission-mode", "SidecarMode"}));
  transcript.Run(with({"--set", "spec.jobTemplate=3"}));
  Transcript off(Server(R"("--feature-gates=RayCronJob=false")"));
  off.Run(with({}));
  Answers older = Server(kOn);
  older["POST " + kGroup + "raycronjobs"] =
      HttpAnswer(400, R"({"kind":"Status","code":400,"reason":"BadRequest","message":
        "strict decoding error: unknown field \"spec.timeZone\""})");
  Transcript zones(older);
  zones.Run(with({"--time-zone", "UTC"}));
  Answers none = Server(kOn);
  none["GET /apis/ray.io/v1"] = HttpAnswer(200, R"({"resources":[{"name":"rayjobs"}]})");
  Transcript nowhere(none);
  nowhere.Run(with({}));
  CheckGolden("commands/create-cronjob.txt", transcript.text() + off.text() + zones.text() + nowhere.text());
}

TEST_CASE("the next run is shown by the clocks of its zone") {
  Answers answers = Server(kOn);
  answers["POST " + kGroup + "raycronjobs"] = HttpAnswer(
      201, R"({"apiVersion":"ray.io/v1","kind":"RayCronJob","metadata":{"name":"night","namespace":"default",
        "creationTimestamp":"2020-01-01T00:00:00Z"},"spec":{"schedule":"17 3 * * *","timeZone":"UTC"}})");
  const std::string made = Run(answers, {"create", "cronjob", "night", "--schedule", "17 3 * * *",
                                         "--time-zone", "UTC", "--ray-cluster", "demo", "--", "true"});
  CHECK(made.starts_with("raycronjob.ray.io/night created\nstderr: It runs next at 20"));
  CHECK(made.find(" 03:17 UTC, in ") != std::string::npos);
}
