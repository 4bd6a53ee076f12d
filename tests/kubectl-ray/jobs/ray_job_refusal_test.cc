// `job watch` of a RayJob whose pods are refused, from words to output.
#include "kubectl-ray/jobs/ray_job_refusal.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"

using namespace kubectl_ray;

namespace {

const std::string kRay = "GET /apis/ray.io/v1/namespaces/default/";

std::map<std::string, std::string> Server(const std::string& state, const std::string& message) {
  return {
      {kRay + "rayjobs/rj",
       HttpAnswer(200, R"({"metadata":{"name":"rj","creationTimestamp":"2026-01-01T10:00:00Z"},"spec":{},
         "status":{"jobId":"rj-1","rayClusterName":"rj-c","jobDeploymentStatus":")" +
                           state + "\"}}")},
      {kRay + "rayclusters/rj-c",
       HttpAnswer(200, R"({"metadata":{"name":"rj-c"},"status":{"conditions":[{"type":"ReplicaFailure",
         "status":"True","message":"pods \"rj-c-head\" is forbidden: must specify limits.cpu for: ray-head"}]}})")},
      {"GET /api/v1/namespaces/default/pods", HttpAnswer(200, R"({"items":[]})")},
      {"GET /api/v1/namespaces/default/events",
       HttpAnswer(200, R"({"items":[{"reason":"FailedCreate","lastTimestamp":"2026-01-01T10:00:05Z",
         "message":"Error creating: pods \"rj-x1\" is forbidden: )" +
                           message + "\"}]}")},
  };
}

RayJobRefusal Refusal(const std::string& state, const std::string& message, Json ray_job_spec = {}) {
  auto answers = Server(state, message);
  answers["GET /api/v1/namespaces/default/pods"] =
      HttpAnswer(200, R"({"items":[{"metadata":{"name":"h"},"spec":{"containers":[{}]}}]})");
  ScriptedApi api(AnswersByRequest{answers});
  const KubeClient kube(api.Access(), std::chrono::seconds(5), [](const std::string&) {});
  return WhyRayJobIsRefused(kube, "default",
                            {{"metadata", {{"name", "rj"}, {"creationTimestamp", "2026-01-01T10:00:00Z"}}},
                             {"spec", std::move(ray_job_spec)},
                             {"status", {{"rayClusterName", "rj-c"}, {"jobDeploymentStatus", state}}}});
}

}  // namespace

TEST_CASE("a RayJob whose submitter is refused for good ends the wait, with the way out") {
  Transcript transcript(Server("Running", "maximum cpu usage per Container is 500m, but limit is 1"));
  transcript.Run({"job", "watch", "rayjob/rj"});
  CHECK(
      transcript.text() ==
      "$ kubectl ray job watch rayjob/rj\n"
      "stderr: error: RayJob \"rj\" cannot submit its job: pods are refused: maximum cpu usage per Container "
      "is 500m, but limit is 1\n"
      "stderr: Change the pod that submits it by spec.submitterPodTemplate, or submit it without one by "
      "`spec.submissionMode: HTTPMode`. Take the RayJob away first: kubectl ray delete rayjob/rj -n default\n"
      "exit code: 1\n\n");
}

TEST_CASE("a RayJob whose cluster's pods are refused for good ends the wait") {
  Transcript transcript(Server("Initializing", ""));
  transcript.Run({"job", "logs", "-f", "rayjob/rj"});
  CHECK(transcript.text().find(
            "error: cluster \"rj-c\" of RayJob \"rj\" cannot become ready: pods are refused: "
            "must specify limits.cpu for: ray-head\n") != std::string::npos);
}

TEST_CASE("which refusal of a submitter lasts") {
  const std::string quota = "exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=";
  CHECK(Refusal("Running", "violates PodSecurity").lasts);
  CHECK(Refusal("Running", quota + "1").lasts);  // the cluster's pod stays beside it
  CHECK_FALSE(Refusal("Running", quota + "3").lasts);
  CHECK(Refusal("Running", quota + "3").why == "pods are refused: " + quota + "3");
  CHECK_FALSE(
      Refusal("Running", quota + "1", {{"rayClusterSpec", {{"enableInTreeAutoscaling", true}}}}).lasts);
  CHECK(Refusal("Running", quota + "1", {{"submissionMode", "HTTPMode"}}).why.empty());
  CHECK(Refusal("Complete", quota + "1").why.empty());
}
