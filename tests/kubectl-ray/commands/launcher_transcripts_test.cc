// The launcher's verbs, from words to output, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;

const std::string kTemplate =
    R"("template": {"metadata": {"annotations": {}}, "spec": {"containers": [{"name": "ray", "image": ")";

// A RayCluster as it is stored.
std::string Stored(const std::string& image, int most) {
  return R"({"apiVersion": "ray.io/v1", "kind": "RayCluster",
    "metadata": {"name": "demo", "namespace": "default", "uid": "u-1", "resourceVersion": "7"},
    "spec": {"headGroupSpec": {)" +
         kTemplate + R"(example.com/ray:1"}]}}},
      "workerGroupSpecs": [{"groupName": "gpus", "replicas": 2, "minReplicas": 1, "maxReplicas": )" +
         std::to_string(most) + ", " + kTemplate + image + R"("}]}}}]}})";
}

std::string Pod(const std::string& name, const std::string& type, const std::string& group,
                const std::string& ip) {
  return R"({"metadata": {"name": ")" + name +
         R"(", "namespace": "default", "labels": {"ray.io/cluster": "demo",
    "ray.io/node-type": ")" +
         type + R"(", "ray.io/group": ")" + group + R"("}},
    "spec": {"containers": [{"name": "ray", "image": "example.com/ray:1"}]},
    "status": {"phase": "Running", "podIP": ")" +
         ip + R"(", "containerStatuses": [{"name": "ray", "ready": true,
      "started": true, "state": {"running": {}}}]}})";
}

// The API server of a namespace with one RayCluster, which an apply would change.
Answers Operator() {
  const std::string ours = "/apis/ray.io/v1/namespaces/default/rayclusters/demo";
  return {
      {"GET /apis/ray.io/v1",
       HttpAnswer(200, R"({"resources":[{"name":"rayclusters","kind":"RayCluster","namespaced":true}]})")},
      {"GET /api/v1/namespaces/default", HttpAnswer(200, R"({"metadata":{"name":"default"}})")},
      {"GET " + ours, HttpAnswer(200, Stored("example.com/ray:1", 3))},
      {"PATCH " + ours, HttpAnswer(200, Stored("example.com/ray:2", 4))},
      {"DELETE " + ours, HttpAnswer(200, "{}")},
      {"GET /api/v1/namespaces/default/pods",
       HttpAnswer(200, R"({"items":[)" + Pod("demo-head-x", "head", "headgroup", "10.0.0.1") + "," +
                           Pod("demo-gpus-worker-y", "worker", "gpus", "10.0.0.2") + "," +
                           Pod("demo-gpus-worker-z", "worker", "gpus", "10.0.0.3") + "]}")},
  };
}

const char* const kFile = R"(apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: demo}
spec:
  headGroupSpec:
    rayStartParams: {}
    template: {spec: {containers: [{name: ray, image: "example.com/ray:1"}]}}
  workerGroupSpecs:
  - groupName: gpus
    replicas: 2
    minReplicas: 1
    maxReplicas: 4
    rayStartParams: {}
    template: {spec: {containers: [{name: ray, image: "example.com/ray:2"}]}}
)";

const char* const kLauncher = R"(cluster_name: demo
provider: {type: kubernetes, namespace: default, use_internal_ips: true}
head_node_type: head
available_node_types:
  head:
    node_config: {spec: {containers: [{name: ray, image: "example.com/ray:1"}]}}
    resources: {CPU: 1}
)";

// Words with DIR for the folder of the files, run; and that word in the text.
class Launcher {
 public:
  Launcher() : tree_({{"cluster.yaml", kFile}, {"launcher.yaml", kLauncher}}), transcript_(Operator()) {}

  void Write(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = kLauncher;
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    tree_.Write(file, text.replace(at, from.size(), to));
  }
  void Run(std::vector<std::string> words) {
    for (std::string& word : words)
      if (word.starts_with("DIR/")) word = tree_.path() + word.substr(3);
    transcript_.Run(words);
  }
  std::string text() const {
    std::string text = transcript_.text();
    for (std::size_t at = 0; (at = text.find(tree_.path(), at)) != text.npos; at += 3)
      text.replace(at, tree_.path().size(), "DIR");
    return text;
  }

 private:
  Tree tree_;
  Transcript transcript_;
};

}  // namespace

TEST_CASE("up shows its plan, and asks") {
  Launcher launcher;
  launcher.Run({"up", "DIR/cluster.yaml", "--dry-run"});
  launcher.Run({"up", "DIR/cluster.yaml"});
  launcher.Run({"up", "DIR/cluster.yaml", "--no-restart", "--dry-run"});
  launcher.Run({"up", "DIR/cluster.yaml", "--restart-only", "--dry-run"});
  launcher.Run({"up", "DIR/cluster.yaml", "--max-workers", "0", "--dry-run"});
  launcher.Run({"up", "DIR/cluster.yaml", "--no-restart", "--restart-only"});
  launcher.Run({"up", "no-such.yaml"});
  CheckGolden("commands/up.txt", launcher.text());
}

TEST_CASE("a file that up does not take is refused with its line") {
  Launcher launcher;
  launcher.Write("name.yaml", "cluster_name: demo", "cluster_name: My_Cluster");
  launcher.Write("provider.yaml", "type: kubernetes", "type: aws");
  launcher.Write("type.yaml", "head_node_type: head", "head_node_type: haed");
  launcher.Write("none.yaml", "head_node_type: head\n", "");
  launcher.Write("key.yaml", "head_node_type", "head_node_typ");
  launcher.Write("mount.yaml", "head_node_type: head\n",
                 "head_node_type: head\nfile_mounts:\n  ~/code: no/such/folder\n");
  launcher.Write("auth.yaml", "head_node_type: head\n", "head_node_type: head\nauth:\n  ssh_user: ubuntu\n");
  for (const char* file : {"name", "provider", "type", "none", "key", "mount", "auth"})
    launcher.Run({"up", std::string("DIR/") + file + ".yaml", "--dry-run"});
  CheckGolden("commands/up-refused.txt", launcher.text());
}

TEST_CASE("the launcher's other verbs take a file or a name") {
  Launcher launcher;
  launcher.Run({"down", "DIR/cluster.yaml"});
  launcher.Run({"down", "demo", "--workers-only", "-y"});
  launcher.Run({"down", "DIR/cluster.yaml", "--keep-min-workers", "-y"});
  launcher.Run({"down", "DIR/launcher.yaml", "-n", "other"});
  launcher.Run({"get-head-ip", "DIR/launcher.yaml"});
  launcher.Run({"get-worker-ips", "demo"});
  launcher.Run({"get-head-ip", "demo", "--cluster-name", "x"});
  launcher.Run({"exec", "DIR/cluster.yaml"});
  launcher.Run({"exec", "demo", "ray status", "--node-ip", "10.0.0.9"});
  launcher.Run({"exec", "demo", "ray status", "--start"});
  launcher.Run({"attach", "demo", "--tmux"});
  launcher.Run({"submit", "demo", "no-such-file.py"});
  launcher.Run({"submit", "demo", "DIR/cluster.yaml", "--stop"});
  launcher.Write("aws.yaml", "type: kubernetes", "type: aws");
  launcher.Run({"down", "DIR/aws.yaml"});
  launcher.Run({"rsync-up", "demo"});
  launcher.Run({"rsync-up", "demo", "DIR/cluster.yaml"});
  launcher.Run({"rsync-up", "DIR/launcher.yaml", "no/such/folder", "~/"});
  launcher.Run({"rsync-down", "demo", "/tmp/ray"});
  launcher.Run({"monitor", "DIR/cluster.yaml", "--lines", "-1"});
  CheckGolden("commands/launcher.txt", launcher.text());
}
