#include "kubectl-ray/injection/injection.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;

namespace {

AgentOptions FromImage() {
  AgentOptions agent;
  agent.delivery = AgentOptions::Delivery::kImage;
  agent.image = "example.com/ray-init-agent:1";
  return agent;
}

AgentOptions FromConfigMap() {
  AgentOptions agent;
  agent.sources = {{"ray-init-agent-amd64-0123456789ab", "amd64"},
                   {"ray-init-agent-arm64-0123456789ab", "arm64"}};
  return agent;
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(std::string(TESTDATA) + "/injection/" + name, std::ios::binary);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Injected(const std::string& text, const AgentOptions& agent = FromImage()) {
  const Injection done = Inject("x.yaml", text, agent);
  for (const shared::Error& error : done.errors) FAIL_CHECK(error.message);
  return done.text;
}

std::string Uninjected(const std::string& text) {
  const Injection done = Uninject("x.yaml", text);
  for (const shared::Error& error : done.errors) FAIL_CHECK(error.message);
  return done.text;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string WithCrlf(const std::string& text) {
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  return crlf;
}

const char* const kFiles[] = {"raycluster.yaml", "rayjob.yaml",    "rayservice.yaml",
                              "raycronjob.yaml", "workloads.yaml", "anchors.yaml",
                              "aliased.yaml",    "object.json",    "wrapped.yaml"};

}  // namespace

TEST_CASE("every kind is injected by position, and given back to the byte", "[injection]") {
  for (const std::string name : kFiles) {
    CAPTURE(name);
    const std::string text = ReadFile(name);
    const std::string injected = Injected(text);
    CheckGolden("injection/" + name + ".injected", injected);
    CHECK(injected != text);
    CHECK(Injected(injected) == injected);
    CHECK(Uninjected(injected) == text);
    CHECK(Uninjected(text) == text);
  }
}

TEST_CASE("another way to the agent takes the place of the first", "[injection]") {
  for (const std::string name : kFiles) {
    CAPTURE(name);
    const std::string text = ReadFile(name);
    const std::string injected = Injected(text, FromConfigMap());
    CHECK(Injected(Injected(text), FromConfigMap()) == injected);
    CHECK(Uninjected(injected) == text);
  }
  CheckGolden("injection/raycluster.yaml.config-map", Injected(ReadFile("raycluster.yaml"), FromConfigMap()));
}

TEST_CASE("line breaks of Windows, a byte order mark and a missing last line break stay", "[injection]") {
  for (const std::string name : kFiles) {
    CAPTURE(name);
    const std::string text = ReadFile(name);
    const std::string injected = Injected(WithCrlf(text));
    for (std::size_t at = injected.find('\n'); at != injected.npos; at = injected.find('\n', at + 1))
      REQUIRE(injected[at - 1] == '\r');
    CHECK(Uninjected(injected) == WithCrlf(text));
    const std::string marked = "\xef\xbb\xbf" + text.substr(0, text.size() - 1);
    CHECK(Uninjected(Injected(marked)) == marked);
  }
}

TEST_CASE("what others changed since stays when the agent is taken out", "[injection]") {
  const std::string text = ReadFile("raycluster.yaml");
  const std::string injected = Injected(text);
  struct {
    const char *from, *to;
  } const edits[] = {
      {"replicas: 1", "replicas: 3   # more"},
      {"# The workers.\n", "# The workers, which work.\n\n"},
      {"value: b\n", "value: b\n          - {name: C, value: d}\n"},
      {"image: fluent/fluent-bit\n", "image: fluent/fluent-bit\n          command: [\"/x\"]\n"},
      {"# The end.\n", ""},
  };
  for (const auto& edit : edits) {
    CAPTURE(edit.from);
    CHECK(Uninjected(Replaced(injected, edit.from, edit.to)) == Replaced(text, edit.from, edit.to));
  }
  // What stands in another order is no other injection.
  const std::string variable =
      Replaced(injected, "value: 120s\n", "value: 120s\n          - {name: C, value: d}\n");
  CHECK(Injected(variable) == variable);
  const std::string volume =
      Replaced(injected, "volumes:\n", "volumes:\n          - {name: z, emptyDir: {}}\n");
  CHECK(Injected(volume) == volume);
  // A volume in the list that was made for the agent's.
  const std::string job = ReadFile("rayjob.yaml");
  const std::string with_volume =
      Replaced(Injected(job), "volumes:\n", "volumes:\n                      - {name: own, emptyDir: {}}\n");
  const std::string undone = Uninjected(with_volume);
  CHECK(undone.find("ray-init-agent") == std::string::npos);
  CHECK(Replaced(undone, "                    volumes:\n                      - {name: own, emptyDir: {}}\n",
                 "") == job);
}

TEST_CASE("an injected manifest that became JSON on its way is given back as a value", "[injection]") {
  for (const std::string name : {"raycluster.yaml", "rayjob.yaml", "rayservice.yaml", "object.json"}) {
    CAPTURE(name);
    const std::string text = ReadFile(name);
    const auto injected = ParseYaml("x", Injected(text));
    REQUIRE(injected);
    const auto undone = ParseYaml("x", Uninjected(injected->dump(2)));
    REQUIRE(undone);
    CHECK(nlohmann::json(*undone) == nlohmann::json(*ParseYaml("x", text)));
  }
}

TEST_CASE("documents without Ray pass as they are", "[injection]") {
  for (const std::string text : {"", "\n", "# nothing\n", "---\n---\n", "a: 1",
                                 "kind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}\n",
                                 "kind: ConfigMap\ndata: {a: \"{{ .Values.x }}\"}\n",
                                 "apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: a}\nspec: "
                                 "{clusterSelector: {ray.io/cluster: b}}\n"}) {
    CAPTURE(text);
    const Injection done = Inject("x.yaml", text, FromImage());
    CHECK(done.text == text);
    CHECK(done.errors.empty());
    CHECK(done.objects.empty());
    CHECK(done.namespaces.empty());
  }
}

TEST_CASE("what has Ray in it and cannot be injected is refused with its line", "[injection]") {
  const std::string cluster =
      "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n  headGroupSpec:\n    "
      "template:\n      spec:\n";
  const std::string pod =
      "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: "
      "i\n";
  struct {
    std::string text, message;
  } const rows[] = {
      {cluster + "        volumes: []\n",
       "cannot inject x.yaml:7: RayCluster \"a\" has no container for its head"},
      {cluster + "        containers: [{name: r, image: i, volumeMounts: [{name: v, mountPath: "
                 "/ray-init-agent}]}]\n",
       "cannot inject x.yaml:7: RayCluster \"a\", head: container \"r\": something is mounted at "
       "/ray-init-agent already"},
      {cluster + "        containers: [{name: r, image: i}]\n        volumes: [{name: ray-init-agent}]\n",
       "cannot inject x.yaml:7: RayCluster \"a\", head: it has a volume named \"ray-init-agent\" already"},
      {cluster + "        containers: [{name: r, image: i, env: x}]\n",
       "cannot inject x.yaml:7: RayCluster \"a\", head: it has a field of another type than Kubernetes "
       "knows"},
      {"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a, annotations: "
       "{ray.io/overwrite-container-cmd: \"true\"}}\n"
       "spec: {headGroupSpec: {template: {spec: {containers: [{name: r, image: i, command: [/start]}]}}}}\n",
       "cannot inject x.yaml:4: RayCluster \"a\", head: container \"r\": ray.io/overwrite-container-cmd is "
       "\"true\", and its "
       "command does not say where it starts Ray"},
      {"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\n",
       "cannot inject x.yaml:1: RayCluster \"a\" is of the operator before KubeRay, which no longer exists"},
      {"apiVersion: ray.io/v2\nkind: RayThing\n",
       "cannot inject x.yaml:1: RayThing is of a kind that is not known"},
      {pod + "    command: [sh, -c, \"ray start --head && python serve.py\"]\n",
       "cannot inject x.yaml:3: Pod \"p\": container \"c\": `ray start` does not block, and \"&& python "
       "serve.py\" runs beside "
       "it, which it would not with the agent"},
      {"kind: ConfigMap\n---\napiVersion: ray.io/v1\nkind: RayCluster\nspec:\n  {{- if .Values.x }}\n  a: "
       "b\n",
       "cannot use x.yaml:6: it is a template, with {{ }} to fill in"},
      {cluster + "        containers: [{name: r, image: \"{{ .Values.image }}\"}]\n",
       "cannot use x.yaml:8: it is a template, with {{ }} to fill in"},
      {"a: 1\n---\na: [\n", "cannot read x.yaml:"},
      {"a: 1\na: 2\n", "cannot use x.yaml:2:1: key \"a\" is there twice"},
      {"a: \x01\n", "cannot read x.yaml:1: it has a control character"},
      // What an alias shares with a place outside of Ray's pods, written inside of them.
      {"apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - "
       "name: c\n        image: i\n"
       "        command: [ray, start, --head]\n        env: &e [{name: a}]\n        terminationMessagePath: "
       "/m\n      - {name: d, image: "
       "i, env: *e}\n",
       "cannot inject x.yaml:5: its text cannot be changed by itself"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const Injection done = Inject("x.yaml", row.text, FromImage());
    REQUIRE(done.errors.size() == 1);
    CHECK(done.text == row.text);
    CAPTURE(done.errors[0].message);
    CHECK(done.errors[0].message.starts_with(row.message));
  }
}

TEST_CASE("every reason is given, not the first alone", "[injection]") {
  const std::string bad = "apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\n";
  CHECK(Inject("x", bad + "---\n" + bad, FromImage()).errors.size() == 2);
}

TEST_CASE("a hostile text ends within bounds", "[injection]") {
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + before + ", *a" + before + "]\n";
  }
  std::string documents;
  for (int i = 0; i < 1001; ++i) documents += "---\na: 1\n";
  for (const std::string& text : {bomb, std::string(3000, '['), std::string(200, '-') + " a", documents,
                                  std::string((8u << 20) + 1, ' ')}) {
    const Injection done = Inject("x.yaml", text, FromImage());
    CHECK(done.errors.size() <= 1);
    CHECK(done.text == text);
  }
  CHECK(Inject("x.yaml", documents, FromImage()).errors.size() == 1);
}

TEST_CASE("an agent by other hands is left as it is", "[injection]") {
  const std::string text =
      "kind: Pod\nspec:\n  containers:\n  - name: c\n    command: [/ray-init-agent/ray-init-agent, start]\n";
  const Injection done = Inject("x.yaml", text, FromImage());
  CHECK(done.text == text);
  REQUIRE(done.objects.size() == 1);
  CHECK_FALSE(done.objects[0].changed);
}

TEST_CASE("the agent's ConfigMaps come first, and go again", "[injection]") {
  const std::vector<shared::Json> maps = {{{"kind", "ConfigMap"}, {"a", "b"}},
                                          {{"kind", "ConfigMap"}, {"c", "d"}}};
  for (const std::string text : {"a: 1\n", "---\na: 1\n", "# c\n---\na: 1", "{\"a\": 1}",
                                 "\xef\xbb\xbf"
                                 "a: 1\n",
                                 "---\r\na: 1\r\n"}) {
    CAPTURE(text);
    const std::string with = WithConfigMaps(text, maps);
    const auto documents = ParseYamlDocuments("x", with);
    REQUIRE(documents);
    CHECK(documents->size() == 3);
    CHECK(documents->at(0) == maps[0]);
    CHECK(WithoutConfigMaps(with) == text);
    CHECK(WithoutConfigMaps(text) == text);
    CHECK(WithConfigMaps(text, {}) == text);
  }
}

TEST_CASE("the agent's metrics come with it, and go again", "[injection]") {
  AgentOptions agent = FromImage();
  agent.metrics_port = 9101;
  for (const std::string name : kFiles) {
    CAPTURE(name);
    const std::string text = ReadFile(name);
    CHECK(Uninjected(Injected(text, agent)) == text);
    CHECK(Injected(Injected(text), agent) == Injected(text, agent));
  }
  for (const auto& [port, clash] :
       std::map<int, std::string>{{8265, "on the head is that of \"dashboard\" (8265), too"},
                                  {10002, "on the head is that of \"workers\" (10002-19999), too"}}) {
    agent.metrics_port = port;
    const Injection refused = Inject("x.yaml", ReadFile("raycluster.yaml"), agent);
    REQUIRE(!refused.errors.empty());
    CHECK(refused.errors[0].message == "cannot inject x.yaml:12: RayCluster \"demo\": the port " +
                                           std::to_string(port) + " of ray-init-agent's metrics " + clash);
    CHECK(refused.text == ReadFile("raycluster.yaml"));
  }
  agent.metrics_port = 9101;
  // Of a pod's containers that run Ray one alone has them: they share its ports.
  const std::string text =
      "kind: Pod\nspec:\n  containers:\n"
      "  - {name: a, image: i, ports: [{containerPort: 6379}], args: [ray, start, --head, --block]}\n"
      "  - {name: b, image: i, ports: [{containerPort: 8080}], args: [ray, start, --address=a:6379, "
      "--block]}\n";
  const auto pod = ParseYaml("x", Injected(text, agent));
  REQUIRE(pod);
  const shared::Json& containers = shared::At(*pod, {"spec", "containers"});
  CHECK(shared::DumpJson(containers[0]["ports"]) ==
        R"([{"containerPort":6379},{"containerPort":9101,"name":"agent-metrics"}])");
  CHECK(containers[0]["env"][0]["value"] == "9101");
  CHECK(!containers[1].contains("env"));
  CHECK(containers[1]["ports"].size() == 1);
  CHECK(Uninjected(Injected(text, agent)) == text);
}
