// `suspend` and `resume` of what is no cluster, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"

namespace {

std::map<std::string, std::string> Server(const std::string& kind, const std::string& plural,
                                          const std::string& spec, const std::string& status) {
  const std::string path = "/apis/ray.io/v1/namespaces/default/" + plural + "/x";
  const std::string object =
      R"({"apiVersion":"ray.io/v1","kind":")" + kind +
      R"(","metadata":{"name":"x","namespace":"default","resourceVersion":"1"},"spec":)" + spec +
      R"(,"status":)" + status + "}";
  return {{"GET /apis/ray.io/v1", HttpAnswer(200, R"({"resources":[{"name":")" + plural + R"("}]})")},
          {"GET " + path, HttpAnswer(200, object)},
          {"PATCH " + path, HttpAnswer(200, object)},
          {"GET /apis/ray.io/v1/namespaces/default/" + plural,
           HttpAnswer(200, R"({"metadata":{"resourceVersion":"1"},"items":[)" + object + "]}")}};
}

std::string Run(const std::map<std::string, std::string>& answers, const std::vector<std::string>& words) {
  Transcript transcript(answers);
  transcript.Run(words);
  const std::string& text = transcript.text();
  return text.substr(text.find('\n') + 1);
}

const char* const kWell =
    R"({"rayClusterConfig":{"headGroupSpec":{"template":{"spec":{"containers":[{"name":"ray"}]}}}}})";

}  // namespace

TEST_CASE("a RayService is suspended and resumed by its own field") {
  const auto running = Server("RayService", "rayservices", kWell, "{}");
  CHECK(Run(running, {"suspend", "service/x"}) ==
        "Suspended RayService x in namespace default\n"
        "sent: PATCH "
        "/apis/ray.io/v1/namespaces/default/rayservices/x?fieldManager=kubectl-ray&fieldValidation=Strict "
        "{\"spec\":{\"suspend\":true}}\nexit code: 0\n\n");
  CHECK(Run(running, {"resume", "service/x"}) ==
        "RayService x in namespace default is already running\nexit code: 0\n\n");
  const auto suspended = Server("RayService", "rayservices", R"({"suspend":true})",
                                R"({"conditions":[{"type":"Suspended","status":"True"}]})");
  CHECK(Run(suspended, {"suspend", "service/x", "--wait"}) ==
        "RayService x in namespace default is already suspended\nexit code: 0\n\n");
}

TEST_CASE("a RayJob that the operator would not suspend is left as it is") {
  const auto job = [](const std::string& members) {
    return R"({"rayClusterSpec":{"headGroupSpec":{"template":{"spec":{"containers":[{"name":"ray"}]}}}})" +
           members + "}";
  };
  CHECK(Run(Server("RayJob", "rayjobs", job(""), R"({"jobDeploymentStatus":"Running"})"),
            {"suspend", "job/x"}) ==
        "stderr: error: cannot suspend rayjob/x, as its spec.shutdownAfterJobFinishes is not true, but "
        "suspend is\n"
        "stderr: Set it to true: a suspended RayJob's cluster is deleted.\nexit code: 1\n\n");
  CHECK(Run(Server("RayJob", "rayjobs", job(R"(,"shutdownAfterJobFinishes":true)"),
                   R"({"jobDeploymentStatus":"Running"})"),
            {"suspend", "job/x"})
            .starts_with("Suspended RayJob x in namespace default\n"));
  CHECK(Run(Server("RayJob", "rayjobs", job(""), R"({"jobDeploymentStatus":"Failed"})"),
            {"suspend", "job/x"}) == "stderr: error: cannot suspend rayjob/x: it is over\nexit code: 1\n\n");
}

TEST_CASE("a RayCronJob is resumed after a question about what it missed") {
  const std::string missed = R"({"schedule":"0 3 * * *","suspend":true})";
  const std::string long_ago = R"({"lastScheduleTime":"2020-01-01T03:00:00Z"})";
  const auto with_operator = [&](const std::string& spec, const char* tag, const char* gate) {
    auto answers = Server("RayCronJob", "raycronjobs", spec, long_ago);
    answers["GET /apis/apps/v1/deployments"] =
        HttpAnswer(200, std::string(R"({"items":[{"metadata":{"name":"kuberay-operator","namespace":"ray"},
          "spec":{"template":{"spec":{"containers":[{"name":"kuberay-operator","image":"kuberay/operator:)") +
                            tag + R"(","args":["--feature-gates=RayCronJob=)" + gate + R"("]}]}}}}]})");
    return answers;
  };
  const std::string sent =
      "sent: PATCH "
      "/apis/ray.io/v1/namespaces/default/raycronjobs/x?fieldManager=kubectl-ray&fieldValidation=Strict "
      "{\"spec\":{\"suspend\":false}}\nexit code: 0\n\n";
  const std::string asked = Run(with_operator(missed, "v1.7.0", "true"), {"resume", "cronjob/x"});
  CHECK(asked.find("stderr: raycronjob/x has missed more than 1000 runs since 2020-01-02 03:00 UTC. KubeRay "
                   "v1.7.0 starts a RayJob for each of them at once, side by side.\n") == 0);
  CHECK(asked.find("sent:") == std::string::npos);
  CHECK(asked.ends_with("exit code: 2\n\n"));  // nobody answers
  const std::string yes = Run(with_operator(missed, "v1.6.2", "false"), {"resume", "cronjob/x", "-y"});
  CHECK(yes.find("has its feature gate RayCronJob off") != std::string::npos);
  CHECK(yes.find("KubeRay v1.6.2 starts one RayJob for all of them at once.\n") != std::string::npos);
  CHECK(yes.ends_with(sent));
  // Its times are never: nothing is missed, and nothing asked.
  const std::string none = Run(with_operator(R"({"schedule":"0 0 31 2 *","suspend":true})", "v1.7.0", "true"),
                               {"resume", "raycronjob/x", "--wait"});
  CHECK(none == "Resumed RayCronJob x in namespace default\n" + sent);
  CHECK(Run(with_operator(R"({"schedule":"0 3 * * *"})", "v1.7.0", "true"),
            {"suspend", "raycronjob/x", "--wait"})
            .starts_with("Suspended RayCronJob x in namespace default\nsent: PATCH "));
}

TEST_CASE("a RayJob in a queue of Kueue is neither resumed nor suspended by hand") {
  const std::string path = "/apis/ray.io/v1/namespaces/default/rayjobs/x";
  const std::map<std::string, std::string> queued = {
      {"GET /apis/ray.io/v1", HttpAnswer(200, R"({"resources":[{"name":"rayjobs"}]})")},
      {"GET " + path, HttpAnswer(200, R"({"apiVersion":"ray.io/v1","kind":"RayJob",
        "metadata":{"name":"x","namespace":"default","labels":{"kueue.x-k8s.io/queue-name":"team"}},
        "spec":{"suspend":true,"shutdownAfterJobFinishes":true}})")}};
  CHECK(Run(queued, {"resume", "rayjob/x"})
            .starts_with("stderr: error: cannot resume rayjob/x: Kueue admits it from queue \"team\"\n"));
  CHECK(
      Run(queued, {"job", "stop", "rayjob/x"}) ==
      "stderr: error: cannot stop RayJob \"x\": its job has not begun, and Kueue, whose queue \"team\" it is "
      "in, would resume it\nstderr: Delete it: kubectl ray delete rayjob/x\nexit code: 1\n\n");
}

TEST_CASE("a RayCronJob is run now") {
  const std::string group = "/apis/ray.io/v1/namespaces/default/";
  auto answers = Server("RayCronJob", "raycronjobs", R"({"jobTemplate":{"entrypoint":"true"}})", "{}");
  answers["POST " + group + "rayjobs"] = HttpAnswer(
      201,
      R"({"apiVersion":"ray.io/v1","kind":"RayJob","metadata":{"name":"x-abcde","namespace":"default"}})");
  const std::string made = Run(answers, {"create", "job", "--from", "cronjob/x"});
  CHECK(
      made.starts_with("rayjob.ray.io/x-abcde created\nstderr: `kubectl ray job logs -f rayjob/x-abcde -n "
                       "default` follows it.\nsent: POST "));
  CHECK(made.find(R"("generateName":"x-")") != std::string::npos);
  CHECK(Run(answers, {"create", "job", "--from", "job/x"})
            .starts_with("stderr: error: cannot make a job from rayjob/x: it is no RayCronJob\n"));
  CHECK(Run(answers, {"create", "job", "again", "--from", "cronjob/x", "--dry-run", "-o", "name"}) ==
        "rayjob.ray.io/again\nexit code: 0\n\n");
  const auto interactive =
      Server("RayCronJob", "raycronjobs", R"({"jobTemplate":{"submissionMode":"InteractiveMode"}})", "{}");
  CHECK(Run(interactive, {"create", "job", "--from", "cronjob/x"})
            .find("with submissionMode InteractiveMode nobody submits its job") != std::string::npos);
}
