// What the words of `delete` mean, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.h"

namespace {

const std::string kGroup = "/apis/ray.io/v1/namespaces/default/";

// A RayJob "demo" and a RayCluster "demo"; and a RayCluster of the name `more`.
std::string Delete(const std::vector<std::string>& words, const std::string& more = "other") {
  const auto object = [](const std::string& name) {
    return HttpAnswer(200, R"({"metadata":{"name":")" + name + R"(","namespace":"default","uid":"u"}})");
  };
  std::map<std::string, std::string> answers = {
      {"GET /apis/ray.io/v1",
       HttpAnswer(200, R"({"resources":[{"name":"rayclusters"},{"name":"rayjobs"}]})")},
      {"GET " + kGroup + "rayjobs/demo", object("demo")},
      {"GET /api/v1/namespaces/default/pods", HttpAnswer(200, R"({"items":[]})")},
      {"GET /apis/apps/v1/namespaces/default/deployments", HttpAnswer(200, R"({"items":[]})")},
      {"GET " + kGroup + "rayclusters", HttpAnswer(200, R"({"items":[]})")},
      {"DELETE " + kGroup + "rayjobs/demo", HttpAnswer(200, "{}")}};
  for (const std::string& name : {std::string("demo"), more}) {
    answers["GET " + kGroup + "rayclusters/" + name] = object(name);
    answers["DELETE " + kGroup + "rayclusters/" + name] = HttpAnswer(200, "{}");
  }
  Transcript transcript(answers);
  std::vector<std::string> line = {"delete", "-y"};
  line.insert(line.end(), words.begin(), words.end());
  transcript.Run(line);
  return transcript.text();
}

bool Deletes(const std::string& text, const std::string& what) {
  return text.find("sent: DELETE " + kGroup + what) != std::string::npos;
}

}  // namespace

TEST_CASE("delete takes TYPE NAME... as kubectl does") {
  const std::string cluster = Delete({"raycluster", "demo"});
  CHECK(Deletes(cluster, "rayclusters/demo"));
  CHECK(cluster.find("exit code: 0\n") != std::string::npos);
  CHECK(Deletes(Delete({"clusters", "demo", "other"}), "rayclusters/other"));
  const std::string job = Delete({"rayjob", "demo"});
  CHECK(Deletes(job, "rayjobs/demo"));
  CHECK_FALSE(Deletes(job, "rayclusters"));
  // Names of clusters stay that.
  CHECK(Deletes(Delete({"demo", "other"}), "rayclusters/other"));
}

TEST_CASE("delete deletes nothing if a cluster has a type's name") {
  const std::string text = Delete({"job", "demo"}, "job");
  CHECK(text.find("error: cannot know what is to be deleted: \"job\" is a type and a Ray cluster\n") !=
        std::string::npos);
  CHECK(text.find("sent:") == std::string::npos);
  CHECK(text.find("exit code: 2\n") != std::string::npos);
  CHECK(Deletes(Delete({"raycluster/job"}, "job"), "rayclusters/job"));
  CHECK(Deletes(Delete({"job"}, "job"), "rayclusters/job"));
}
