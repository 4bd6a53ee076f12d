#include "shared/ray_start_params.h"

#include <catch2/catch_test_macros.hpp>

using namespace shared;

namespace {

constexpr RayNodeType kHead = RayNodeType::kHead;
constexpr RayNodeType kWorker = RayNodeType::kWorker;

std::optional<std::string> Lookup(const std::string& name) {
  if (name == "MY_POD_IP") return "10.1.2.3";
  if (name == "REDIS_PASSWORD") return "a b'c";
  return std::nullopt;
}

// All complaints as one text, a line each: `message | hint`.
std::string Lines(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += error.message + " | " + error.hint + "\n";
  return text;
}

std::string Complaints(const RayStartParams& params, RayNodeType node_type, std::string_view version = "") {
  return Lines(CheckRayStartParams(params, node_type, nullptr, ParseRayRelease(version)));
}

std::string Joined(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += (text.empty() ? "" : "\n") + argument;
  return text;
}

std::string Argv(const RayStartParams& params, RayNodeType node_type) {
  auto arguments = RayStartArguments(params, node_type, Lookup);
  return arguments ? Joined(*arguments) : "error: " + arguments.error().message;
}

}  // namespace

TEST_CASE("ParseRayStartParams reads a JSON map") {
  auto params =
      ParseRayStartParams(R"({"num-cpus": 4, "block": true, "labels": "a=b", "resources": {"x": 1}})");
  REQUIRE(params);
  CHECK(*params ==
        RayStartParams{{"num-cpus", "4"}, {"block", "true"}, {"labels", "a=b"}, {"resources", "{\"x\":1}"}});
  for (std::string_view bad : {"", "[]", "{", "3", "{\"a\": null}", "{\"a\": [1]}", "{\"a\": \"\xff\"}"}) {
    INFO(bad);
    REQUIRE_FALSE(ParseRayStartParams(bad));
    CHECK(ParseRayStartParams(bad).error().code == ErrorCode::kUsage);
  }
}

TEST_CASE("ParseRayStartParams refuses a key that is given twice, by name") {
  const auto params = ParseRayStartParams(R"({"num-cpus": "1", "memory": "1", "num-cpus": "2"})");
  REQUIRE_FALSE(params);
  CHECK(params.error().message == "rayStartParams \"num-cpus\": it is given twice");
  CHECK(ParseRayStartParams(R"({"resources": {"x": 1, "x": 2}})").error().message ==
        "rayStartParams \"x\": it is given twice");
}

TEST_CASE("CheckRayStartParams has no complaint about what Ray takes") {
  const struct {
    RayStartParams params;
    RayNodeType node_type;
  } rows[] = {
      {{}, kHead},
      {{}, kWorker},
      {{{"num-cpus", "0"}, {"num-gpus", "8"}, {"memory", "4294967296"}, {"object-store-memory", "78643200"}},
       kHead},
      {{{"block", "TRUE"}, {"no-monitor", "false"}, {"include-dashboard", "no"}, {"log-color", "False"}},
       kHead},
      {{{"resources", "{\"Custom\": 1, \"whole\": 2.0}"}}, kWorker},
      {{{"resources", R"('{"Custom": 1}')"}}, kWorker},
      {{{"resources", R"("{\"Custom\": 1}")"}}, kWorker},
      {{{"resources", R"('"{\"Custom\": 1}"')"}}, kWorker},
      {{{"resources", R"({\"Custom\": 1})"}}, kWorker},
      {{{"resources", "{}"}}, kWorker},
      {{{"address", "$FQ_RAY_IP:$RAY_PORT"}, {"num-cpus", "$CPUS"}}, kWorker},
      {{{"labels", "gpu=a100,example.com/zone=eu-1,empty="}}, kWorker},
      {{{"labels", ""}}, kWorker},
      {{{"min-worker-port", "0"}, {"max-worker-port", "0"}}, kWorker},
      {{{"worker-port-list", "20000, 20001"}, {"min-worker-port", "8000"}}, kWorker},
      {{{"metrics-export-port", "0"}, {"dashboard-agent-grpc-port", "0"}, {"node-manager-port", "6380"}},
       kHead},
      {{{"metrics-export-port", "6379"}}, kWorker},  // a worker has no GCS
      {{{"system-config", R"('{"gcs_rpc_server_reconnect_timeout_s": 60}')"}}, kHead},
      {{{"enable-resource-isolation", "true"}, {"system-reserved-cpu", "1.5"}}, kWorker},
      {{{"redis-password", "$REDIS_PASSWORD"}, {"head", "true"}, {"temp-dir", "/tmp/ray"}}, kHead},
  };
  for (const auto& row : rows) CHECK(Complaints(row.params, row.node_type) == "");
}

TEST_CASE("CheckRayStartParams names the key, the value and the fix") {
  const struct {
    RayStartParams params;
    RayNodeType node_type;
    std::string_view complaints;
  } rows[] = {
      {{{"num-cpus", "500m"}},
       kWorker,
       "rayStartParams \"num-cpus\": \"500m\" is not a whole number | Write num-cpus: \"1\".\n"},
      {{{"num-cpus", ""}},
       kWorker,
       "rayStartParams \"num-cpus\": \"\" is not a whole number | Write a whole number, e.g. num-cpus: "
       "\"1\".\n"},
      {{{"num-cpus", "-1"}},
       kWorker,
       "rayStartParams \"num-cpus\": \"-1\" is less than 0 | Write num-cpus: \"0\" or more.\n"},
      {{{"num-cpus", "99999999999999999999"}},
       kWorker,
       "rayStartParams \"num-cpus\": \"99999999999999999999\" is not a whole number | Write a whole number, "
       "e.g. "
       "num-cpus: \"1\".\n"},
      {{{"num-cpus", "\xff"}},
       kWorker,
       "rayStartParams \"num-cpus\": \"\xff\" is not a whole number | Write a whole number, e.g. num-cpus: "
       "\"1\".\n"},
      {{{"memory", "4Gi"}},
       kHead,
       "rayStartParams \"memory\": \"4Gi\" is not a whole number of bytes | Write memory: \"4294967296\".\n"},
      {{{"object-store-memory", "1000"}},
       kHead,
       "rayStartParams \"object-store-memory\": \"1000\" is less than 78643200 | Write object-store-memory: "
       "\"78643200\" or more.\n"},
      {{{"num_cpus", "1"}},
       kHead,
       "rayStartParams \"num_cpus\": `ray start` has no such option | Did you mean \"num-cpus\"?\n"},
      {{{"--num-cpus", "1"}},
       kHead,
       "rayStartParams \"--num-cpus\": `ray start` has no such option | Did you mean \"num-cpus\"?\n"},
      {{{"zzzzzzz", "1"}},
       kHead,
       "rayStartParams \"zzzzzzz\": `ray start` has no such option | `ray start --help` lists what there "
       "is.\n"},
      {{{"port", "6380"}},
       kWorker,
       "rayStartParams \"port\": only a head may have it | Move it to the head group, or remove it.\n"},
      {{{"block", "yes"}},
       kWorker,
       "rayStartParams \"block\": \"yes\" is not one of its values | Write one of \"true\", \"false\".\n"},
      {{{"head", "true"}},
       kWorker,
       "rayStartParams \"head\": \"true\" contradicts the group it stands in | Remove it.\n"},
      {{{"head", "false"}},
       kHead,
       "rayStartParams \"head\": \"false\" contradicts the group it stands in | Remove it.\n"},
      {{{"no-redirect-output", "true"}},
       kHead,
       "rayStartParams \"no-redirect-output\": Ray refuses it since its 1.6 | Remove it.\n"},
      {{{"resources", "[1]"}},
       kWorker,
       "rayStartParams \"resources\": \"[1]\" is not a JSON object of numbers | Write resources: '{\"name\": "
       "1, "
       "\"other\": 2}'.\n"},
      {{{"resources", "{\"a\": \"1\"}"}},
       kWorker,
       "rayStartParams \"resources\": \"a\" is \"1\", not a number from 0 to 1e14 | Write resources: "
       "'{\"name\": 1, "
       "\"other\": 2}'.\n"},
      {{{"resources", "{\"a\": 1.5}"}},
       kWorker,
       "rayStartParams \"resources\": \"a\" is 1.5, not a whole number | Write resources: '{\"name\": 1, "
       "\"other\": 2}'.\n"},
      {{{"resources", "{\"CPU\": 1}"}},
       kWorker,
       "rayStartParams \"resources\": \"CPU\" is not a custom resource | Set rayStartParams \"num-cpus\" "
       "instead.\n"},
      {{{"labels", "a"}},
       kWorker,
       "rayStartParams \"labels\": \"a\" is not key=value | Write labels: \"key1=value1,key2=value2\", each "
       "as "
       "Kubernetes allows it.\n"},
      {{{"dashboard-port", "70000"}},
       kHead,
       "rayStartParams \"dashboard-port\": \"70000\" is not a port | Write a whole number from 0 to "
       "65535.\n"},
      {{{"dashboard-port", "8080"}},
       kHead,
       "rayStartParams \"dashboard-port\": port 8080 is also that of \"metrics-export-port\" (its default) | "
       "Give one "
       "of the two another port.\n"},
      {{{"min-worker-port", "6000"}, {"max-worker-port", "7000"}},
       kHead,
       "rayStartParams \"min-worker-port\": port 6379 of \"port\" (its default) lies among the workers' "
       "ports 6000 to "
       "7000 | Move min-worker-port and max-worker-port, or give \"port\" a port outside of them.\n"},
      {{{"metrics-export-port", "10050"}},
       kWorker,
       "rayStartParams \"metrics-export-port\": port 10050 of \"metrics-export-port\" lies among the "
       "workers' ports "
       "10002 to 19999 | Move min-worker-port and max-worker-port, or give \"metrics-export-port\" a port "
       "outside of "
       "them.\n"},
      {{{"min-worker-port", "20000"}},
       kWorker,
       "rayStartParams \"min-worker-port\": the workers' ports 20000 to 19999 are no range | Set both "
       "min-worker-port "
       "and max-worker-port, the second higher.\n"},
      {{{"worker-port-list", "20000,8265"}},
       kWorker,
       "rayStartParams \"worker-port-list\": port 8265 is also that of \"dashboard-port\" (its default) | "
       "Take it out "
       "of the list, or give the other another port.\n"},
      {{{"cgroup-path", "/sys"}},
       kWorker,
       "rayStartParams \"cgroup-path\": it contradicts \"enable-resource-isolation\", which is not \"true\" "
       "| Set "
       "enable-resource-isolation: \"true\", or remove it.\n"},
      {{{"temp-dir", "ray"}},
       kHead,
       "rayStartParams \"temp-dir\": \"ray\" is not an absolute path | Let it start with a \"/\".\n"},
      {{{"redis-password", "'hunter2"}},
       kHead,
       "rayStartParams \"redis-password\": its quoting cannot be read | Close every quote and write $NAME "
       "for a "
       "variable; no shell runs it.\n"},
      {{{"node-name", "'a' b"}},
       kHead,
       "rayStartParams \"node-name\": it is more than one word | Quote the whole value, or none of it.\n"},
      {{{"", "1"}},
       kHead,
       "rayStartParams \"\": `ray start` has no such option | `ray start --help` lists what there is.\n"},
  };
  for (const auto& row : rows) CHECK(Complaints(row.params, row.node_type) == row.complaints);
}

// Which releases have which option: click's own list in scripts/scripts.py of 2.9.3, 2.40.0, 2.41.0, 2.44.1,
// 2.45.0, 2.47.1, 2.52.0, 2.54.1, 2.55.1 and 2.60.0.
TEST_CASE("CheckRayStartParams refuses of one release what that release lacks") {
  const struct {
    std::string_view version;
    RayStartParams params;
    std::string_view complaints;
  } rows[] = {
      {"2.54.1",
       {{"proxy-server-url", "http://h:1"}},
       "rayStartParams \"proxy-server-url\": `ray start` of Ray 2.54 has no such option, which came with Ray "
       "2.55 | Remove it, or use an image with a newer Ray.\n"},
      {"2.55.0", {{"proxy-server-url", "http://h:1"}}, ""},
      {"2.60.0", {{"proxy-server-url", "http://h:1"}}, ""},
      {"", {{"proxy-server-url", "http://h:1"}}, ""},
      {"2.47.1",
       {{"storage", "/s"},
        {"gcs-server-port", "7"},
        {"dashboard-grpc-port", "8"},
        {"plasma-store-socket-name", "p"},
        {"raylet-socket-name", "r"}},
       ""},
      {"2.48.0",
       {{"storage", "/s"}},
       "rayStartParams \"storage\": `ray start` of Ray 2.48 has no such option, which Ray 2.47 had last | "
       "Remove it.\n"},
      {"2.43.0", {{"redis-max-memory", "9"}}, ""},
      {"2.44.1",
       {{"redis-max-memory", "9"}},
       "rayStartParams \"redis-max-memory\": `ray start` of Ray 2.44 has no such option, which Ray 2.43 had "
       "last | Remove it.\n"},
      {"2.41.0", {{"redis-username", "u"}, {"include-log-monitor", "true"}}, ""},
      {"2.40.0",
       {{"redis-username", "u"}},
       "rayStartParams \"redis-username\": `ray start` of Ray 2.40 has no such option, which came with Ray "
       "2.41 "
       "| Remove it, or use an image with a newer Ray.\n"},
      {"2.45.0", {{"labels", "a=b"}, {"labels-file", "/f"}, {"object-spilling-directory", "/s"}}, ""},
      {"2.44.1", {{"labels", R"('{"a": "b"}')"}}, ""},
      {"2.44.1", {{"labels", R"({"a": "b"})"}}, ""},
      {"2.60.0", {{"labels", R"({"a": "b"})"}}, ""},
      {"2.44.1",
       {{"labels", "a=b"}},
       "rayStartParams \"labels\": \"a=b\" is not a JSON object, which Ray 2.44 needs | Write labels: "
       "'{\"key1\": \"value1\"}'.\n"},
      {"2.60.0",
       {{"labels", R"({"a": 1})"}},
       "rayStartParams \"labels\": \"a\" is 1, not a string | Write labels: '{\"key1\": \"value1\"}'.\n"},
      {"2.60.0",
       {{"nmu-cpus", "1"}},
       "rayStartParams \"nmu-cpus\": `ray start` has no such option | Did you mean \"num-cpus\"?\n"},
      // Older and newer than the table: what it lacks may be there.
      {"2.61.0", {{"num-cpus", "1"}, {"new-one", "1"}}, ""},
      {"3.0.0.dev0", {{"new-one", "1"}}, ""},
      {"2.8.1", {{"old-one", "1"}}, ""},
      {"2.61.0",
       {{"--new-one", "1"}},
       "rayStartParams \"--new-one\": `ray start` has no such option | `ray start --help` lists what there "
       "is.\n"},
      {"2.61.0",
       {{"storage", "/s"}},
       "rayStartParams \"storage\": `ray start` of Ray 2.61 has no such option, which Ray 2.47 had last | "
       "Remove it.\n"},
  };
  for (const auto& row : rows) {
    INFO(row.version);
    CHECK(Complaints(row.params, kHead, row.version) == row.complaints);
  }
}

TEST_CASE("UnknownRayStartParams warns of what a release outside of the table gets unread") {
  const RayStartParams params = {{"num-cpus", "1"}, {"nmu-gpus", "1"}, {"brand-new", "x"}};
  CHECK(Lines(UnknownRayStartParams(params, ParseRayRelease("2.61.0"))) ==
        "rayStartParams \"brand-new\": this option is not known here, and Ray 2.61 gets it unread | \n"
        "rayStartParams \"nmu-gpus\": this option is not known here, and Ray 2.61 gets it unread | Did you "
        "mean "
        "\"num-gpus\"?\n");
  for (std::string_view version : {"", "2.9.3", "2.60.0"})
    CHECK(UnknownRayStartParams(params, ParseRayRelease(version)).empty());
}

TEST_CASE("CheckRayStartParams reports all that is wrong") {
  CHECK(CheckRayStartParams({{"num-cpus", "x"}, {"num-gpus", "y"}, {"dashboard-port", "10001"}}, kHead)
            .size() == 3);
}

TEST_CASE("RayStartArguments keeps KubeRay's order and switch rules, and quotes nothing") {
  CHECK(Argv({}, kHead) == "start\n--head");
  CHECK(Argv({{"num-cpus", "2"}, {"block", "True"}, {"no-monitor", "false"}, {"include-dashboard", "false"}},
             kHead) == "start\n--head\n--block\n--include-dashboard=false\n--num-cpus=2");
  CHECK(Argv({{"resources", R"('"{\"Custom\": 1}"')"}, {"node-name", "a b"}}, kWorker) ==
        "start\n--node-name=a b\n--resources={\"Custom\":1}");
  CHECK(Argv({{"node-ip-address", "$MY_POD_IP"}, {"redis-password", "$REDIS_PASSWORD"}}, kWorker) ==
        "start\n--node-ip-address=10.1.2.3\n--redis-password=a b'c");
  CHECK(Argv({{"head", "true"}}, kHead) == "start\n--head");
  CHECK(Argv({{"labels", R"({"a": "b"})"}}, kWorker) == "start\n--labels={\"a\":\"b\"}");
  // Options that no release of the table has.
  CHECK(Argv({{"new-off", "false"}, {"new-on", "True"}, {"new-text", "'a b'"}}, kWorker) ==
        "start\n--new-on\n--new-text=a b");
}

TEST_CASE("CompleteRayStartParams adds KubeRay's defaults and the container's limits") {
  CHECK(CompleteRayStartParams({}, kHead, "svc:6379", {}) ==
        RayStartParams{{"block", "true"},
                       {"dashboard-agent-listen-port", "52365"},
                       {"dashboard-host", "0.0.0.0"},
                       {"metrics-export-port", "8080"}});
  RayContainerLimits limits{.cpus = 2, .memory_bytes = 1 << 30, .gpus = 1};
  CHECK(CompleteRayStartParams({{"block", "false"}, {"num-cpus", "1"}, {"resources", "'{\"a\": 1}'"}},
                               kWorker, "svc:6379",
                               limits) == RayStartParams{{"address", "svc:6379"},
                                                         {"block", "true"},
                                                         {"dashboard-agent-listen-port", "52365"},
                                                         {"memory", "1073741824"},
                                                         {"metrics-export-port", "8080"},
                                                         {"num-cpus", "1"},
                                                         {"num-gpus", "1"},
                                                         {"resources", "'{\"a\": 1}'"}});
}

TEST_CASE("WithAccelerator adds one to the custom resources that name none") {
  CHECK(WithAccelerator({}, "TPU", 4) == R"('{"TPU":4}')");
  CHECK(WithAccelerator({{"resources", "'{\"a\": 1}'"}}, "TPU", 4) == R"('{"a":1,"TPU":4}')");
  CHECK(WithAccelerator({{"resources", R"({"neuron_cores":1})"}}, "TPU", 4) == std::nullopt);
  CHECK(WithAccelerator({{"resources", "[1]"}}, "TPU", 4) == std::nullopt);
  CHECK(WithAccelerator({{"resources", "'{"}}, "TPU", 4) == std::nullopt);
}

TEST_CASE("ParseRayStartCommand reads what KubeRay writes") {
  auto command = ParseRayStartCommand(
      R"(ray start --head  --block  --dashboard-host=0.0.0.0  --num-cpus 1 --resources="{\"x\": 1}" --node-name='a $b' )",
      Lookup);
  REQUIRE(command);
  CHECK(command->node_type == kHead);
  CHECK(Argv(command->params, kHead) ==
        "start\n--head\n--block\n--dashboard-host=0.0.0.0\n--node-name=a "
        "$b\n--num-cpus=1\n--resources={\"x\":1}");
  CHECK(ParseRayStartCommand("/opt/bin/ray start --address=$MY_POD_IP:6379", Lookup)->params.at("address") ==
        "10.1.2.3:6379");
  for (std::string_view bad : {"", "ray", "ray stop", "start --head", "ray start --num-cpus=1 --num-cpus=2",
                               "ray start --num-cpus", "ray start x", "ray start; id"}) {
    INFO(bad);
    CHECK_FALSE(ParseRayStartCommand(bad, Lookup));
  }
}
