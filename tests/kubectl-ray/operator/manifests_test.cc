#include "kubectl-ray/operator/manifests.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/operator/resources.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;
using shared::At;
using shared::Json;

namespace {

OperatorSetup Setup(const char* version) {
  OperatorSetup setup;
  const auto release = FindOperatorRelease(version);
  REQUIRE(release);
  setup.release = *release;
  setup.ns = "ray-system";
  return setup;
}

std::vector<OperatorObject> Objects(const OperatorSetup& setup) {
  auto objects = OperatorObjects(setup);
  REQUIRE(objects);
  return *std::move(objects);
}

// All but the definitions.
std::string Yaml(const OperatorSetup& setup) {
  std::string text;
  for (const OperatorObject& object : Objects(setup))
    if (object.resource != kDefinitions)
      text += std::string("# ") + (object.part == OperatorPart::kAdmin ? "admin" : "user") + "\n" +
              DumpYaml(object.object) + "---\n";
  return text;
}

// As Helm's chart has installed it, in parts.
const char* const kHelms = R"({
  "metadata": {"name": "my-kuberay", "namespace": "ray-system",
               "labels": {"app.kubernetes.io/name": "kuberay-operator", "app.kubernetes.io/instance": "ray"}},
  "spec": {
    "replicas": 2,
    "selector": {"matchLabels": {"app.kubernetes.io/name": "kuberay-operator", "app.kubernetes.io/instance": "ray"}},
    "template": {
      "metadata": {"labels": {"app.kubernetes.io/name": "kuberay-operator", "app.kubernetes.io/instance": "ray", "team": "ml"}},
      "spec": {
        "serviceAccountName": "ray-account",
        "containers": [
          {"name": "sidecar", "image": "proxy:1"},
          {"name": "kuberay-operator", "image": "mirror:5000/kuberay/operator:v1.5.1",
           "args": ["--feature-gates=RayJobDeletionPolicy=true", "--enable-leader-election=true"],
           "env": [{"name": "CLUSTER_DOMAIN", "value": "corp.local"}],
           "readinessProbe": {"httpGet": {"path": "/metrics", "port": "http"}, "periodSeconds": 1},
           "resources": {"limits": {"memory": "4Gi"}}}]}}}})";

}  // namespace

TEST_CASE("the objects of an install") {
  OperatorSetup setup = Setup("1.6.2");
  setup.make_namespace = true;
  CheckGolden("operator/install.yaml", Yaml(setup));
}

TEST_CASE("an install in one namespace gives rights in that alone") {
  OperatorSetup setup = Setup("1.5.1");
  setup.ns = "team";
  setup.watched = {"team"};
  setup.image = "mirror/operator:1";
  setup.gates = "RayMultiHostIndexing=true";
  CheckGolden("operator/install-namespaced.yaml", Yaml(setup));
}

TEST_CASE("an upgrade keeps what is there") {
  OperatorSetup setup = Setup("1.6.2");
  setup.live = *shared::ParseJson(kHelms);
  CheckGolden("operator/upgrade-of-helms.yaml", Yaml(setup));
}

TEST_CASE("the image of another release is of the same mirror, with its way of writing a tag") {
  const std::pair<const char*, const char*> rows[] = {
      {"", "quay.io/kuberay/operator:v1.6.2"},
      {"mirror:5000/operator:v1.5.1", "mirror:5000/operator:v1.6.2"},
      {"mirror:5000/operator:1.5.1", "mirror:5000/operator:1.6.2"},
      {"mirror/operator:v1.5.1@sha256:00", "mirror/operator:v1.6.2"},
      {"mirror/operator:v1.6.2@sha256:00", "mirror/operator:v1.6.2@sha256:00"},
      {"mirror:5000/operator", "mirror:5000/operator:v1.6.2"},
      {"mirror/operator:nightly", "mirror/operator:v1.6.2"},
  };
  for (const auto& [live, image] : rows) {
    INFO(live);
    OperatorSetup setup = Setup("1.6.2");
    if (*live != '\0')
      setup.live["spec"]["template"]["spec"]["containers"] =
          Json::array({{{"name", kOperatorName}, {"image", live}}});
    const Json deployment = Objects(setup).back().object;
    CHECK(shared::StringAt(OperatorContainer(deployment), {"image"}) == image);
  }
}

TEST_CASE("the namespaces that an operator looks after are in its flags") {
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"[]", {}},
      {R"(["--watch-namespace=a,b"])", {"a", "b"}},
      {R"(["--watch-namespace", "a"])", {"a"}},
      {R"(["--watch-namespace="])", {}},
  };
  for (const auto& [args, namespaces] : rows) {
    INFO(args);
    Json deployment;
    deployment["spec"]["template"]["spec"]["containers"] =
        Json::array({{{"name", "any"}, {"args", *shared::ParseJson(args)}}});
    CHECK(WatchedNamespaces(deployment) == namespaces);
  }
  CHECK(WatchedNamespaces(Json()).empty());
  CHECK(OperatorContainer(Json("text")).is_null());
}
