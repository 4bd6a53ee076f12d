// What `job status`, `job logs` and `job stop` make of a RayJob in each of KubeRay's modes while no dashboard
// answers: before its job has begun, between attempts, suspended and over. With a dashboard it is a job as
// others are.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

struct Part {
  const char *name, *json;
};

const Part kModes[] = {
    {"K8sJobMode", R"("shutdownAfterJobFinishes":true,"rayClusterSpec":{})"},
    {"HTTPMode", R"("submissionMode":"HTTPMode","shutdownAfterJobFinishes":true,"rayClusterSpec":{})"},
    {"SidecarMode",
     R"("submissionMode":"SidecarMode","shutdownAfterJobFinishes":true,"backoffLimit":2,"rayClusterSpec":{})"},
    {"InteractiveMode",
     R"("submissionMode":"InteractiveMode","shutdownAfterJobFinishes":true,"rayClusterSpec":{})"},
    {"HTTPMode on a cluster of others",
     R"("submissionMode":"HTTPMode","clusterSelector":{"ray.io/cluster":"c"})"},
    {"K8sJobMode with an empty selector",
     R"("shutdownAfterJobFinishes":true,"clusterSelector":{},"rayClusterSpec":{})"},
    {"K8sJobMode with a deletion rule",
     R"("rayClusterSpec":{},"deletionStrategy":{"deletionRules":[{"policy":"DeleteSelf","condition":{"jobStatus":"FAILED"}}]})"},
};

const Part kPhases[] = {
    {"new", "{}"},
    {"initializing", R"({"jobDeploymentStatus":"Initializing","jobId":"j","rayClusterName":"c"})"},
    {"waits for you", R"({"jobDeploymentStatus":"Waiting","jobId":"j","rayClusterName":"c"})"},
    {"runs", R"({"jobDeploymentStatus":"Running","jobStatus":"RUNNING","jobId":"j","rayClusterName":"c"})"},
    {"failed, and is tried again",
     R"({"jobDeploymentStatus":"Retrying","jobStatus":"FAILED","jobId":"j","rayClusterName":"c","failed":1})"},
    {"suspended", R"({"jobDeploymentStatus":"Suspended"})"},
    {"succeeded",
     R"({"jobDeploymentStatus":"Complete","jobStatus":"SUCCEEDED","jobId":"j","rayClusterName":"c"})"},
    {"out of attempts",
     R"({"jobDeploymentStatus":"Failed","jobStatus":"FAILED","jobId":"j","failed":3,"message":"exit code 3"})"},
    {"refused", R"({"jobDeploymentStatus":"ValidationFailed","message":"no such mode"})"},
};

std::string OutcomeOf(const std::string& spec, const std::string& status, const std::string& verb) {
  const std::string path = "/apis/ray.io/v1/namespaces/default/rayjobs/x";
  const std::string object =
      R"({"apiVersion":"ray.io/v1","kind":"RayJob","metadata":{"name":"x","namespace":"default"},"spec":{)" +
      spec + (status.find("Suspended") == std::string::npos ? "" : R"(,"suspend":true)") + R"(},"status":)" +
      status + "}";
  Transcript transcript({{"GET /apis/ray.io/v1",
                          HttpAnswer(200, R"({"resources":[{"name":"rayjobs"},{"name":"rayclusters"}]})")},
                         {"GET " + path, HttpAnswer(200, object)},
                         {"PATCH " + path, HttpAnswer(200, object)},
                         {"GET /api/v1/namespaces/default/pods", HttpAnswer(200, R"({"items":[]})")}});
  transcript.Run({"job", verb, "rayjob/x"});
  const std::string& text = transcript.text();
  return text.substr(text.find('\n') + 1, text.size() - text.find('\n') - 2);
}

}  // namespace

TEST_CASE("a RayJob of each mode: its status, its output, and what stopping it means") {
  std::string text;
  for (const Part& mode : kModes)
    for (const Part& phase : kPhases)
      for (const char* verb : {"status", "logs", "stop"})
        text += std::string(mode.name) + ", " + phase.name + ": " + verb + "\n" +
                OutcomeOf(mode.json, phase.json, verb) + "\n";
  CheckGolden("commands/job-modes.txt", text);
}
