#include "kubectl-ray/launcher/node_setup.h"

#include <catch2/catch_test_macros.hpp>

#include "shared/base64.h"

using namespace kubectl_ray;
using shared::Json;
using shared::StringAt;

namespace {

std::string Value(const Json& secret, const std::string& key) {
  return shared::Base64Decode(StringAt(secret, {"data", key})).value_or("<none>");
}

}  // namespace

TEST_CASE("a step is named after its command") {
  const std::pair<const char*, const char*> rows[] = {
      {"pip install torch==2.1", "007-pip-install-torch-2.1"},
      {"", "007"},
      {"  \t", "007"},
      {"echo 'a b' && ls -la /tmp", "007-echo-a-b-ls-la-tmp"},
      {"first\nsecond", "007-first"},
      {"../../etc/passwd", "007-etc-passwd"},
      {"\xc3\xa4pfel \x1b[31m", "007-pfel-31m"},
      {"a.-.-b", "007-a.-b"},
  };
  for (const auto& [command, name] : rows) CHECK(StepName(7, command) == name);
  CHECK(StepName(1234, std::string(500, 'x')).size() == 60);
}

TEST_CASE("no commands and no files need no Secret") {
  CHECK(CommandsSecret("demo", "ns", {}).is_null());
  CHECK(FilesSecret("demo", "ns", {}).is_null());
  Json pod = {{"containers", Json::array({{{"name", "ray"}}})}};
  const Json before = pod;
  PutSetup(pod, nullptr, nullptr);
  CHECK(pod == before);
}

TEST_CASE("commands are executable steps in their order, and their Secret's name is their content") {
  const Json secret = CommandsSecret("demo", "ns", {"echo one", "cat <<X\ntwo\nX"});
  CHECK(StringAt(secret, {"metadata", "name"}).starts_with("demo-setup-"));
  CHECK(StringAt(secret, {"metadata", "namespace"}) == "ns");
  CHECK(secret["immutable"] == true);
  REQUIRE(secret["data"].size() == 2);
  CHECK(Value(secret, "001-echo-one") == "#!/bin/bash\necho one\n");
  CHECK(Value(secret, "002-cat-X") == "#!/bin/bash\ncat <<X\ntwo\nX\n");
  CHECK(CommandsSecret("demo", "ns", {"echo one", "cat <<X\ntwo\nX"}) == secret);
  CHECK(CommandsSecret("demo", "ns", {"echo two"})["metadata"]["name"] != secret["metadata"]["name"]);
}

TEST_CASE("files are unpacked where they belong, whatever the words in their path") {
  const std::pair<NodeFiles, const char*> rows[] = {
      {{"/opt/code", "", true}, "unpack 0.tgz /opt/code\n"},
      {{"/opt/code/", "", true}, "unpack 0.tgz /opt/code\n"},
      {{"~/code", "", true}, "unpack 0.tgz \"$HOME\"/code\n"},
      {{"code/x", "", true}, "unpack 0.tgz \"$HOME\"/code/x\n"},
      {{"~", "", true}, "unpack 0.tgz \"$HOME\"\n"},
      {{"~/key.pem", "", false}, "unpack 0.tgz \"$HOME\"\n"},
      {{"key.pem", "", false}, "unpack 0.tgz \"$HOME\"\n"},
      {{"/key.pem", "", false}, "unpack 0.tgz /\n"},
      {{"/etc/x/key.pem", "", false}, "unpack 0.tgz /etc/x\n"},
      {{"/a b/$(reboot)", "", true}, "unpack 0.tgz '/a b/$(reboot)'\n"},
      {{"~/it's", "", true}, "unpack 0.tgz \"$HOME\"/'it'\\''s'\n"},
  };
  for (const auto& [files, line] : rows) {
    INFO(files.remote);
    const std::string script = Value(FilesSecret("demo", "ns", {files}), "unpack");
    CHECK(script.starts_with("#!/bin/sh\nset -eu\n"));
    CHECK(script.ends_with(std::string("}\n") + line));
  }
}

TEST_CASE("both come into the pod as one volume, the files before the commands") {
  Json pod = {{"containers",
               Json::array({{{"name", "ray"}, {"command", {"/ray-init-agent/ray-init-agent", "start"}}}})}};
  const Json files = FilesSecret("demo", "ns", {{"/a", "archive", true}, {"/b", "other", true}});
  const Json commands = CommandsSecret("demo", "ns", {"true"});
  PutSetup(pod, files, commands);
  CHECK(pod["containers"][0]["env"] ==
        *shared::ParseJson(R"([{"name":"RAY_INIT_AGENT_SETUP","value":"/ray-init-agent-setup"}])"));
  CHECK(pod["containers"][0]["volumeMounts"] ==
        *shared::ParseJson(
            R"([{"name":"ray-init-agent-setup","mountPath":"/ray-init-agent-setup","readOnly":true}])"));
  const Json& projected = pod["volumes"][0]["projected"];
  CHECK(projected["defaultMode"] == 0755);
  REQUIRE(projected["sources"].size() == 2);
  CHECK(projected["sources"][0]["secret"]["name"] == files["metadata"]["name"]);
  CHECK(projected["sources"][0]["secret"]["items"] ==
        *shared::ParseJson(R"([{"key":"0.tgz","path":"files/0.tgz"},{"key":"1.tgz","path":"files/1.tgz"},
                               {"key":"unpack","path":"00-file_mounts"}])"));
  CHECK(projected["sources"][1] == Json{{"secret", {{"name", commands["metadata"]["name"]}}}});
}
