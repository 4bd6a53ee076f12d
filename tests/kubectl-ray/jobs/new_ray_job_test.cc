#include "kubectl-ray/jobs/new_ray_job.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/apply/operator_rules.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

JobRequest Request() {
  JobRequest request;
  request.entrypoint = "python a.py";
  return request;
}

const Json kCluster = {{"headGroupSpec", {{"template", {{"spec", {{"containers", {{{"name", "ray"}}}}}}}}}}};

std::string Spec(const RayJobFate& fate, const std::string& cluster = "", JobRequest request = Request()) {
  const auto spec = SpecOfRayJob(fate, request, cluster, "C");
  return spec ? shared::DumpJson(*spec) : "error: " + spec.error().message;
}

// What the operator's rules say of a RayJob of this fate.
std::string Refusal(const RayJobFate& fate, const std::string& cluster) {
  const auto spec = SpecOfRayJob(fate, Request(), cluster, kCluster);
  if (!spec) return spec.error().message;
  const auto broken = BrokenRules(
      {{"apiVersion", "ray.io/v1"}, {"kind", "RayJob"}, {"metadata", {{"name", "x"}}}, {"spec", *spec}});
  return broken.empty() ? "" : broken.front().field + " " + broken.front().cause;
}

}  // namespace

TEST_CASE("the spec of a RayJob: its cluster and its fate") {
  CHECK(Spec({}) == R"({"entrypoint":"python a.py","shutdownAfterJobFinishes":true,"rayClusterSpec":"C"})");
  CHECK(
      Spec({.submission_mode = "HTTPMode"}, "demo") ==
      R"({"entrypoint":"python a.py","submissionMode":"HTTPMode","clusterSelector":{"ray.io/cluster":"demo"}})");
  CHECK(
      Spec({.submission_mode = "SidecarMode",
            .backoff_limit = 0,
            .active_deadline_seconds = 60,
            .ttl_seconds_after_finished = 0,
            .shutdown_after_job_finishes = false}) ==
      R"({"entrypoint":"python a.py","submissionMode":"SidecarMode","backoffLimit":0,"activeDeadlineSeconds":60,)"
      R"("ttlSecondsAfterFinished":0,"shutdownAfterJobFinishes":false,"rayClusterSpec":"C"})");
  CHECK(
      Spec({.deletion_rules = {"SUCCEEDED:DeleteSelf", "FAILED:DeleteWorkers:0", "Failed:DeleteNone:60"}}) ==
      R"({"entrypoint":"python a.py","deletionStrategy":{"deletionRules":[)"
      R"({"policy":"DeleteSelf","condition":{"jobStatus":"SUCCEEDED"}},)"
      R"({"policy":"DeleteWorkers","condition":{"jobStatus":"FAILED","ttlSeconds":0}},)"
      R"({"policy":"DeleteNone","condition":{"jobDeploymentStatus":"Failed","ttlSeconds":60}}]},"rayClusterSpec":"C"})");
}

TEST_CASE("a deletion rule that is none is refused with its part") {
  struct Row {
    const char *rule, *cause;
  };
  const Row rows[] = {
      {"", "it is no STATUS:POLICY[:SECONDS]"},
      {"FAILED", "it is no STATUS:POLICY[:SECONDS]"},
      {"FAILED:DeleteSelf:1:2", "it is no STATUS:POLICY[:SECONDS]"},
      {"failed:DeleteSelf", "\"failed\" is no status at which KubeRay deletes"},
      {"STOPPED:DeleteSelf", "\"STOPPED\" is no status at which KubeRay deletes"},
      {"FAILED:Delete", "\"Delete\" is no policy"},
      {"FAILED:DeleteSelf:", "\"\" is no number of seconds"},
      {"FAILED:DeleteSelf:-1", "\"-1\" is no number of seconds"},
      {"FAILED:DeleteSelf:1h", "\"1h\" is no number of seconds"},
      {"FAILED:DeleteSelf:2147483648", "\"2147483648\" is no number of seconds"},
  };
  for (const Row& row : rows)
    CHECK(Spec({.deletion_rules = {row.rule}}) ==
          "error: cannot use --deletion-rule \"" + std::string(row.rule) + "\": " + row.cause);
}

TEST_CASE("what each mode takes, by the operator's own rules") {
  struct Row {
    const char* what;
    RayJobFate fate;
    const char* cluster;
    const char* refusal;
  };
  const Row rows[] = {
      {"default", {}, "", ""},
      {"k8s", {.submission_mode = "K8sJobMode", .backoff_limit = 2}, "", ""},
      {"http", {.submission_mode = "HTTPMode", .backoff_limit = 2}, "", ""},
      {"sidecar", {.submission_mode = "SidecarMode", .backoff_limit = 2}, "", ""},
      {"k8s, a cluster of others", {.submission_mode = "K8sJobMode"}, "demo", ""},
      {"http, a cluster of others", {.submission_mode = "HTTPMode"}, "demo", ""},
      {"sidecar, a cluster of others",
       {.submission_mode = "SidecarMode"},
       "demo",
       "spec.submissionMode is SidecarMode, with clusterSelector"},
      {"retries, a cluster of others",
       {.backoff_limit = 1},
       "demo",
       "spec.backoffLimit is 1, with clusterSelector"},
      {"no retries, a cluster of others", {.backoff_limit = 0}, "demo", ""},
      {"a ttl, a cluster of others",
       {.ttl_seconds_after_finished = 5},
       "demo",
       "spec.ttlSecondsAfterFinished is set, but shutdownAfterJobFinishes is not true"},
      {"a ttl of a cluster that stays",
       {.ttl_seconds_after_finished = 5, .shutdown_after_job_finishes = false},
       "",
       "spec.ttlSecondsAfterFinished is set, but shutdownAfterJobFinishes is not true"},
      {"a ttl and a rule",
       {.ttl_seconds_after_finished = 5, .deletion_rules = {"FAILED:DeleteSelf"}},
       "",
       "spec.ttlSecondsAfterFinished is set, but shutdownAfterJobFinishes is not true"},
      {"a rule, a cluster of others",
       {.deletion_rules = {"FAILED:DeleteCluster"}},
       "demo",
       "spec.deletionStrategy.deletionRules[0].policy is DeleteCluster, with clusterSelector"},
      {"the RayJob goes, a cluster of others", {.deletion_rules = {"FAILED:DeleteSelf"}}, "demo", ""},
      {"no time at all", {.active_deadline_seconds = 0}, "", "spec.activeDeadlineSeconds is 0"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(Refusal(row.fate, row.cluster) == row.refusal);
  }
}

TEST_CASE("what the request has goes into the RayJob's fields, unless the submitter would change it") {
  JobRequest request = Request();
  request.runtime_env = {{"env_vars", {{"A", "$HOME"}}}};
  request.metadata = {{"team", "a"}};
  request.entrypoint_num_cpus = 0.5;
  request.entrypoint_num_gpus = 2;
  request.entrypoint_resources = {{"TPU", 1}};
  CHECK(Spec({.submission_mode = "HTTPMode"}, "demo", request) ==
        R"({"entrypoint":"python a.py","runtimeEnvYAML":"env_vars:\n  A: $HOME\n","metadata":{"team":"a"},)"
        R"("entrypointNumCpus":0.5,"entrypointNumGpus":2.0,"entrypointResources":"{\"TPU\":1}",)"
        R"("submissionMode":"HTTPMode","clusterSelector":{"ray.io/cluster":"demo"}})");
  for (const char* mode : {"", "K8sJobMode", "SidecarMode"})
    CHECK(Spec({.submission_mode = mode}, "", request) ==
          "error: cannot hand on the runtime_env: it has $ or `, which KubeRay's submitter lets its shell "
          "expand");
  request.runtime_env = Json::object();
  request.metadata = {{"team", "`a`"}};
  CHECK(Spec({}, "", request).starts_with("error: cannot hand on the metadata: "));
}
