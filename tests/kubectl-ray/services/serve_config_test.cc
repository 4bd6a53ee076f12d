#include "kubectl-ray/services/serve_config.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

TEST_CASE("a Serve config is judged as Serve judges it, by line") {
  const struct {
    std::string text;
    std::string wanted;  // the error after its first line, or the warnings; empty: all is well
  } rows[] = {
      {"applications: [{import_path: 'a:b'}]", ""},
      {"applications: [{import_path: a.b, route_prefix: null}, {name: x, import_path: 'a.b.c:d'}]", ""},
      {"proxy_location: HeadOnly\nhttp_options: {port: 8000}\ntarget_capacity: 50\n"
       "applications: [{name: x, import_path: 'a:b', args: {n: 1}, runtime_env: {working_dir: "
       "'https://x/y.zip'}}]",
       ""},
      {"[]", "x:1:1: a Serve config is an object with a list of applications"},
      {"a: 1", "x:1:1: applications has to be a list of at least one application"},
      {"applications: []", "x:1:1: applications has to be a list of at least one application"},
      {"applications: {a: 1}", "x:1:1: applications has to be a list of at least one application"},
      {"applications: [1]", "x:1:16: applications[0] is no object"},
      {"name: a\nimport_path: 'a:b'\n",
       "x:2:1: it is of one application alone; the form with a list is needed: put it under "
       "`applications:`, with a name"},
      {"applications:\n- name: a\n  import_path: a:b\n- name: a\n  route_prefix: /a\n  import_path: a:b\n",
       "x:4:3: applications[1].name is \"a\" as that of applications[0] is"},
      {"applications:\n- import_path: a:b\n- route_prefix: /a\n  import_path: a:b\n",
       "x:3:3: applications[1].name is \"default\", as none is given, as that of applications[0] is"},
      {"applications:\n- name: ''\n  import_path: a:b\n",
       "x:2:3: applications[0].name has to be a text that is not empty"},
      {"applications:\n- name: a\n  import_path: a:b\n- name: b\n  import_path: a:b\n  route_prefix: /\n",
       "x:6:3: applications[1].route_prefix is \"/\" as that of applications[0] is"},
      {"applications:\n- import_path: a:b\n  route_prefix: a\n",
       "x:3:3: applications[0].route_prefix is \"a\", and has to begin with /"},
      {"applications:\n- import_path: a:b\n  route_prefix: /a/\n",
       "x:3:3: applications[0].route_prefix is \"/a/\", and must not end with /"},
      {"applications:\n- import_path: a:b\n  route_prefix: '/{a}'\n",
       "x:3:3: applications[0].route_prefix is \"/{a}\", and must not have { or }"},
      {"applications:\n- import_path: a:b\n  route_prefix: 3\n",
       "x:3:3: applications[0].route_prefix has to be a text, or null"},
      {"applications:\n- name: a\n",
       "x:2:3: applications[0] needs an import_path: MODULE:VARIABLE of what .bind() returned"},
      {"applications:\n- import_path: app\n",
       "x:2:3: applications[0].import_path is \"app\", and has to be MODULE:VARIABLE or MODULE.VARIABLE"},
      {"applications:\n- import_path: 'a:b:c'\n",
       "x:2:3: applications[0].import_path is \"a:b:c\", and has to be MODULE:VARIABLE or MODULE.VARIABLE"},
      {"applications:\n- import_path: ':b'\n",
       "x:2:3: applications[0].import_path is \":b\", and has to be MODULE:VARIABLE or MODULE.VARIABLE"},
      {"applications:\n- import_path: 'a:'\n",
       "x:2:3: applications[0].import_path is \"a:\", and has to be MODULE:VARIABLE or MODULE.VARIABLE"},
      {"applications:\n- import_path: a:b\n  runtime_env: {working_dir: ./here}\n",
       "x:3:3: applications[0].runtime_env has the path \"./here\", and Serve takes URIs alone, from which "
       "the "
       "pods fetch it"},
      {"applications:\n- import_path: a:b\n  runtime_env: {py_modules: [gs://b/m.zip, lib]}\n",
       "x:3:3: applications[0].runtime_env has the path \"lib\", and Serve takes URIs alone, from which the "
       "pods fetch it"},
      {"applications:\n- import_path: a:b\n  runtime_env: env.yaml\n",
       "x:3:3: applications[0].runtime_env is no object"},
      {"aplications: []\napplications: [{import_path: 'a:b'}]",
       "x:1:1: aplications is no field of Ray Serve: did you mean applications?"},
      {"applications:\n- import_paht: a:b\n  import_path: a:b\n",
       "x:2:3: applications[0].import_paht is no field of Ray Serve: did you mean import_path?"},
      {"brand_new: 1\napplications: [{import_path: 'a:b', newer: 2}]",
       "warning x:1:1: brand_new is no field of Ray Serve 2.60\n"
       "warning x:2:37: applications[0].newer is no field of Ray Serve 2.60"},
      {"http_options: {port: 9000}\napplications: [{import_path: 'a:b'}]",
       "warning x:1:1: http_options.port is 9000, and the service leads to 8000 unless the containers' port "
       "`serve` is another"},
      {"applications:\n- {name: a}\n- {route_prefix: b, import_path: a:b}\n",
       "x:2:3: applications[0] needs an import_path: MODULE:VARIABLE of what .bind() returned\n"
       "x:3:4: applications[1].route_prefix is \"b\", and has to begin with /"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto config = ParseServeConfig("x", row.text);
    std::string seen;
    if (config) {
      for (const std::string& warning : config->warnings)
        seen += (seen.empty() ? "warning " : "\nwarning ") + warning;
    } else {
      CHECK(config.error().code == shared::ErrorCode::kUsage);
      const std::string first = "cannot use what Ray Serve would refuse:\n  ";
      REQUIRE(config.error().message.starts_with(first));
      seen = config.error().message.substr(first.size());
      for (std::size_t at = 0; (at = seen.find("\n  ", at)) != seen.npos;) seen.replace(at, 3, "\n");
    }
    CHECK(seen == row.wanted);
  }
  CHECK(!ParseServeConfig("x", "a: ["));
}

TEST_CASE("an application of flags is put to those of a file") {
  Json config;
  AddApplication({"a", "/", "m:a", Json()}, &config);
  CHECK(CheckServeConfig(config));
  CHECK(DumpYaml(config) == "applications:\n  - name: a\n    route_prefix: /\n    import_path: m:a\n");
  AddApplication({"b", "/", "m:b", {{"pip", {"x"}}}}, &config);
  const auto refused = CheckServeConfig(config);
  REQUIRE(!refused);
  CHECK(refused.error().message ==
        "cannot use what Ray Serve would refuse:\n"
        "  applications[1].route_prefix is \"/\" as that of applications[0] is");
  config["applications"][1]["route_prefix"] = "/b";
  CHECK(CheckServeConfig(config));
  CHECK(config["applications"][1]["runtime_env"]["pip"][0] == "x");
}
