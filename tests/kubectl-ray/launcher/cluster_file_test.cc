#include "kubectl-ray/launcher/cluster_file.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using kubectl_ray::ReadClusterFile;

namespace {

const std::string kLauncher = R"(cluster_name: demo
provider: {type: kubernetes, namespace: ray, use_internal_ips: true}
head_node_type: head
available_node_types:
  head: {node_config: {spec: {containers: [{name: ray, image: rayproject/ray:2.60.0}]}}, resources: {}}
)";

const std::string kCluster = R"(apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: demo}
spec: {headGroupSpec: {template: {spec: {containers: [{name: ray, image: rayproject/ray:2.60.0}]}}}}
)";

std::string Refusal(const std::string& text, const std::string& name = "") {
  const auto file = ReadClusterFile("x.yaml", text, "bring up", name);
  return file ? "<none>" : file.error().message;
}

// Whether the text is refused with the place.
bool IsRefusedAt(const std::string& place, const std::string& text) {
  const std::string message = Refusal(text);
  INFO(message);
  return message.find(place) != message.npos;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a cluster's file is the launcher's or has a RayCluster") {
  const auto launcher = ReadClusterFile("x.yaml", kLauncher, "read");
  REQUIRE(launcher);
  CHECK(launcher->launcher);
  CHECK(launcher->cluster() == "demo");
  CHECK(launcher->ns() == "ray");
  const auto renamed = ReadClusterFile("x.yaml", kLauncher, "read", "other");
  REQUIRE(renamed);
  CHECK(renamed->cluster() == "other");

  const auto cluster = ReadClusterFile(
      "x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: code}\n---\n" + kCluster, "read", "other");
  REQUIRE(cluster);
  CHECK(!cluster->launcher);
  CHECK(cluster->cluster() == "other");
  CHECK(cluster->ns().empty());
  REQUIRE(cluster->beside.size() == 1);
  CHECK(cluster->beside[0]["metadata"]["name"] == "code");
}

TEST_CASE("what is no cluster's file is refused with its line") {
  CHECK(IsRefusedAt("x.yaml:1: ", Replaced(kLauncher, "cluster_name: demo", "cluster_name: My_Cluster")));
  CHECK(IsRefusedAt("x.yaml:2: ", Replaced(kLauncher, "type: kubernetes", "type: aws")));
  CHECK(Refusal(Replaced(kLauncher, "type: kubernetes", "type: aws")).find("aws") != std::string::npos);
  CHECK(IsRefusedAt("x.yaml:3: ", Replaced(kLauncher, "head_node_type: head", "head_node_type: heda")));
  CHECK(Refusal(kLauncher, "My_Cluster").find("My_Cluster") != std::string::npos);
  CHECK(IsRefusedAt("x.yaml:3: ", Replaced(kCluster, "name: demo", "name: Demo")));
  CHECK(Refusal(kCluster + "---\n" + kCluster) ==
        "cannot bring up x.yaml:6: this is the file's second RayCluster");
  CHECK(Refusal(Replaced(kCluster, "ray.io/v1", "ray.io/v1alpha1")) ==
        "cannot bring up x.yaml:1: a RayCluster of \"ray.io/v1alpha1\" is of an older format");
  CHECK(Refusal(Replaced(kCluster, "RayCluster", "RayJob")) ==
        "cannot bring up x.yaml:2: a RayJob is no cluster");
  CHECK(Refusal("a: 1\n").find("neither a cluster launcher's file") != std::string::npos);
  CHECK(Refusal("").find("neither a cluster launcher's file") != std::string::npos);
  CHECK(IsRefusedAt("x.yaml:1", "cluster_name: ["));
}

TEST_CASE("an error names what cannot be done with the file") {
  const std::string aws = Replaced(kLauncher, "type: kubernetes", "type: aws");
  for (const std::string action : {"bring up", "read"}) {
    CHECK(ReadClusterFile("x.yaml", aws, action).error().message ==
          "cannot " + action + " x.yaml:2: provider \"aws\" is not kubernetes");
    CHECK(ReadClusterFile("x.yaml", "a: 1\n", action)
              .error()
              .message.starts_with("cannot " + action + " x.yaml:1: "));
  }
}

TEST_CASE("which words are files") {
  for (const char* word : {"-", "cluster.yaml", "a/b.yml", "x.json"}) CHECK(kubectl_ray::NamesFile(word));
  for (const char* word : {"demo", "rayjob/demo", "worker/demo", "", "yaml"})
    CHECK(!kubectl_ray::NamesFile(word));
}
