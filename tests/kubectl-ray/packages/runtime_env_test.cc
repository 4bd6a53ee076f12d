#include "kubectl-ray/packages/runtime_env.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

using kubectl_ray::MergeRuntimeEnv;
using kubectl_ray::PlanRuntimeEnv;
using shared::Json;

namespace {

shared::Result<kubectl_ray::RuntimeEnvPlan> Plan(const std::string& json) {
  const shared::Interrupt interrupt;
  return PlanRuntimeEnv(
      shared::ParseJson(json).value(), {},
      [](const std::string& path) {
        return shared::Result<Json>(Json{{"from", path}});
      },
      interrupt);
}

std::string Planned(const std::string& json) {
  const auto plan = Plan(json);
  return plan ? plan->runtime_env.dump() : "refused: " + plan.error().message;
}

}  // namespace

TEST_CASE("fields become what Ray's own client sends") {
  struct Row {
    const char* given;
    const char* sent;
  };
  const std::vector<Row> rows = {
      {"{}", "{}"},
      {R"({"pip":["a","b","a"]})", R"({"pip":{"packages":["a","b"],"pip_check":false}})"},
      {R"({"pip":[]})", "{}"},
      {R"({"pip":null,"env_vars":{},"excludes":[]})", "{}"},
      {R"({"pip":{"packages":["a"],"pip_check":true}})", R"({"pip":{"packages":["a"],"pip_check":true}})"},
      {R"({"uv":["a"]})",
       R"({"uv":{"packages":["a"],"uv_check":false,"uv_pip_install_options":["--no-cache"]}})"},
      {R"({"conda":"env.yaml"})", R"({"conda":{"from":"env.yaml"}})"},
      {R"({"conda":"base"})", R"({"conda":"base"})"},
      {R"({"working_dir":"s3://b/x.zip"})", R"({"working_dir":"s3://b/x.zip"})"},
      {R"({"py_modules":["https://h/x.whl"]})", R"({"py_modules":["https://h/x.whl"]})"},
      {R"({"config":{"setup_timeout_seconds":-1}})", R"({"config":{"setup_timeout_seconds":-1}})"},
  };
  for (const Row& row : rows) {
    INFO(row.given);
    CHECK(Planned(row.given) == row.sent);
  }
}

TEST_CASE("what Ray would refuse in the cluster is refused here, by field") {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {R"({"workingdir":"x"})", "runtime_env.workingdir"},
      {R"({"env_vars":{"A":1}})", "runtime_env.env_vars.A: it is a number"},
      {R"({"env_vars":["A"]})", "runtime_env.env_vars"},
      {R"({"pip":["a"],"conda":"b"})", "pip, uv and conda"},
      {R"({"pip":1})", "runtime_env.pip"},
      {R"({"pip":{"package":["a"]}})", "\"package\""},
      {R"({"pip":{"packages":["a"],"pip_check":"no"}})", "runtime_env.pip.pip_check"},
      {R"({"pip":"no-such-file.txt"})", "no-such-file.txt"},
      {R"({"excludes":"a"})", "runtime_env.excludes"},
      {R"({"working_dir":5})", "runtime_env.working_dir"},
      {R"({"working_dir":"/no/such/dir"})", "/no/such/dir"},
      {R"({"py_modules":["/no/such"]})", "/no/such"},
      {R"({"image_uri":"i","pip":["a"]})", "image_uri"},
      {R"({"config":{"setup_timeout_seconds":0}})", "setup_timeout_seconds"},
  };
  for (const auto& [given, cause] : rows) {
    INFO(given);
    const auto plan = Plan(given);
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().code == shared::ErrorCode::kUsage);
    CHECK(plan.error().message.find(cause) != std::string::npos);
  }
}

TEST_CASE("a value of env_vars is never told") {
  const auto plan = Plan(R"({"env_vars":{"TOKEN":12345}})");
  REQUIRE_FALSE(plan.has_value());
  CHECK((plan.error().message + plan.error().hint).find("12345") == std::string::npos);
  bool overridden = false;
  const auto merged = MergeRuntimeEnv(Json(), "", {"=secret"}, &overridden);
  REQUIRE_FALSE(merged.has_value());
  CHECK(merged.error().message.find("secret") == std::string::npos);
}

TEST_CASE("flags win over the file") {
  bool overridden = false;
  const auto merged = MergeRuntimeEnv(Json{{"working_dir", "a"}, {"env_vars", {{"A", "1"}, {"B", "2"}}}}, "b",
                                      {"A=3=4", "C="}, &overridden);
  REQUIRE(merged.has_value());
  CHECK(overridden);
  CHECK(merged->dump() == R"({"working_dir":"b","env_vars":{"A":"3=4","B":"2","C":""}})");
  CHECK_FALSE(MergeRuntimeEnv(Json::array(), "", {}, &overridden).has_value());
}

TEST_CASE("a field of a plugin is let through with a warning") {
  const auto plan = Plan(R"({"my_own_plugin_field":1})");
  REQUIRE(plan.has_value());
  CHECK(plan->warnings.size() == 1);
}

TEST_CASE("remote URIs go as they are, and those that no Ray takes with a warning that shows no query") {
  // ray/_private/runtime_env/protocol.py and ray/_common/runtime_env_package.py (2.60)
  const struct {
    const char *field, *uri, *what;
  } rows[] = {
      {"working_dir", "s3://b/x.zip", ""},
      {"working_dir", "https://h/x.zip?sig=SECRET", ""},
      {"working_dir", "http://h/x.tar.gz", ""},
      {"working_dir", "gs://b/x.tgz", ""},
      {"working_dir", "abfss://b/x.tar.xz", ""},
      {"working_dir", "gcs://_ray_pkg_1.zip", ""},
      {"working_dir", "local:///opt/code", ""},
      {"working_dir", "file:///data/x.tar.gz", ""},
      {"py_modules", "https://h/x.whl", ""},
      {"working_dir", "https://h/x.whl?sig=SECRET",
       "\"https://h/x.whl\": no Ray up to 2.60 takes this kind of file"},
      {"working_dir", "ftp://h/x.zip", "\"ftp://h/x.zip\": no Ray up to 2.60 takes the scheme \"ftp\""},
      {"py_modules", "s3://h/x.tar?a=SECRET#b",
       "\"s3://h/x.tar\": no Ray up to 2.60 takes this kind of file"},
  };
  for (const auto& row : rows) {
    INFO(row.uri);
    const Json value = std::string(row.field) == "py_modules" ? Json::array({row.uri}) : Json(row.uri);
    const Json env = {{row.field, value}};
    const auto plan = Plan(env.dump());
    REQUIRE(plan.has_value());
    CHECK(plan->runtime_env == env);
    REQUIRE(plan->warnings.size() == (*row.what == '\0' ? 0u : 1u));
    if (plan->warnings.empty()) continue;
    CHECK(plan->warnings[0].find(row.what) != std::string::npos);
    CHECK(plan->warnings[0].find("SECRET") == std::string::npos);
  }
}

TEST_CASE("fields of older releases are Ray's own") {
  const auto plan = Plan(R"({"mpi":{"args":["-n","4"]}})");  // up to 2.45, ray/runtime_env/mpi.py
  REQUIRE(plan.has_value());
  CHECK(plan->warnings.empty());
}

TEST_CASE("a requirements file is read into its lines") {
  std::string path = "/tmp/runtime_env_test.XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path) << "\n  numpy==1\r\n# c\n\ntorch\n\n";
  CHECK(Planned(Json{{"pip", path}}.dump()) ==
        R"({"pip":{"packages":["numpy==1","# c","","torch"],"pip_check":false}})");
  unlink(path.c_str());
}

TEST_CASE("URIs and paths are told apart") {
  for (const char* uri : {"s3://x", "https://h/x.zip", "gcs://_ray_pkg_1.zip"})
    CHECK(kubectl_ray::IsRemoteUri(uri));
  for (const char* path : {"", ".", "/a", "://x", "a b://c"}) {
    CHECK_FALSE(kubectl_ray::IsRemoteUri(path));
  }
}
