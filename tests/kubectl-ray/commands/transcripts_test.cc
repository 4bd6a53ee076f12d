// Whole commands, from words to output, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;

std::string List(const std::string& items) { return HttpAnswer(200, R"({"items":[)" + items + "]}"); }

const char* const kDemo = R"({
  "apiVersion": "ray.io/v1", "kind": "RayCluster",
  "metadata": {"name": "demo", "namespace": "default", "uid": "u-1", "resourceVersion": "7"},
  "spec": {
    "rayVersion": "2.52.0",
    "headGroupSpec": {"template": {"spec": {"containers": [{"name": "ray-head", "image": "rayproject/ray:2.52.0",
      "resources": {"limits": {"cpu": "2", "memory": "4Gi"}}}]}}},
    "workerGroupSpecs": [{"groupName": "gpus", "replicas": 2, "minReplicas": 1, "maxReplicas": 3,
      "template": {"spec": {"containers": [{"name": "ray-worker", "image": "rayproject/ray:2.52.0",
        "resources": {"limits": {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "1"}}}]}}}]},
  "status": {"state": "ready", "desiredWorkerReplicas": 2, "readyWorkerReplicas": 1}})";

const char* const kHead = R"({
  "metadata": {"name": "demo-head-x", "namespace": "default", "labels": {"ray.io/cluster": "demo",
    "ray.io/node-type": "head", "ray.io/group": "headgroup", "ray.io/is-ray-node": "yes"}},
  "spec": {"nodeName": "node-1", "containers": [{"name": "ray-head", "image": "rayproject/ray:2.52.0"}]},
  "status": {"phase": "Pending"}})";

const char* const kSample = R"({
  "apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": "sample", "namespace": "default"},
  "spec": {"entrypoint": "python train.py"},
  "status": {"jobId": "sample-abcde", "jobStatus": "SUCCEEDED", "jobDeploymentStatus": "Complete",
    "rayClusterName": "sample-x"}})";

// The API server of a namespace with one RayCluster, its head's pod and one RayJob.
Answers Operator() {
  const std::string ray = "/apis/ray.io/v1", ours = ray + "/namespaces/default";
  return {
      {"GET " + ray, HttpAnswer(200, R"({"resources":[{"name":"rayclusters"},{"name":"rayjobs"}]})")},
      {"GET " + ray + "/rayclusters", List(kDemo)},
      {"GET " + ours + "/rayclusters", List(kDemo)},
      {"GET " + ours + "/rayclusters/demo", HttpAnswer(200, kDemo)},
      {"PATCH " + ours + "/rayclusters/demo", HttpAnswer(200, kDemo)},
      {"DELETE " + ours + "/rayclusters/demo", HttpAnswer(200, "{}")},
      {"GET " + ours + "/rayjobs", List(kSample)},
      {"GET " + ours + "/rayjobs/sample", HttpAnswer(200, kSample)},
      {"GET /apis/apps/v1/deployments", List("")},
      {"GET /apis/apps/v1/namespaces/default/deployments", List("")},
      {"GET /api/v1/namespaces/default/pods", List(kHead)},
      {"GET /api/v1/namespaces/default/events", List("")},
      {"GET /version", HttpAnswer(200, R"({"gitVersion":"v1.34.4"})")},
  };
}

// The same server without KubeRay's kinds, and nothing in the namespace.
Answers Empty() {
  Answers answers = Operator();
  for (auto answer = answers.begin(); answer != answers.end();)
    answer = answer->first.find("ray.io") != std::string::npos ? answers.erase(answer) : std::next(answer);
  answers["GET /api/v1/namespaces/default/pods"] = List("");
  return answers;
}

}  // namespace

TEST_CASE("get prints what there is, and what is missing") {
  Transcript transcript(Operator());
  transcript.Run({"get", "cluster"});
  transcript.Run({"get", "clusters", "-A", "-o", "wide"});
  transcript.Run({"get", "cluster", "demo", "-o", "jsonpath={.status.state}"});
  transcript.Run({"get", "cluster", "demmo"});
  transcript.Run({"get", "workergroup", "-c", "demo"});
  transcript.Run({"get", "node", "-o", "wide"});
  transcript.Run({"get", "token", "demo"});
  transcript.Run({"get", "job"});
  transcript.Run({"get", "job", "sample", "-o", "name"});
  transcript.Run({"get", "job", "-o", "jsn"});
  transcript.Run({"get", "service"});
  transcript.Run({"get"});
  CheckGolden("commands/get.txt", transcript.text());
}

TEST_CASE("get in a namespace with nothing, of a server without the operator") {
  Transcript transcript(Empty());
  transcript.Run({"get", "cluster"});
  transcript.Run({"get", "cluster", "demo"});
  transcript.Run({"get", "node"});
  transcript.Run({"get", "job"});
  CheckGolden("commands/get-nothing.txt", transcript.text());
}

TEST_CASE("changes send what they say") {
  Transcript transcript(Operator());
  transcript.Run({"scale", "cluster", "demo", "-w", "gpus", "-r", "3"});
  transcript.Run({"scale", "cluster", "demo", "-w", "gpus", "-r", "2"});
  transcript.Run({"scale", "cluster", "demo", "-w", "gpus", "-r", "4"});
  transcript.Run({"scale", "cluster", "demo", "-w", "cpus", "-r", "1"});
  transcript.Run({"scale", "cluster", "demo", "-r", "1"});
  transcript.Run({"suspend", "demo"});
  transcript.Run({"resume", "raycluster/demo"});
  transcript.Run({"suspend", "rayjob/sample"});
  transcript.Run({"delete", "demo", "-y"});
  transcript.Run({"delete", "demo", "nobody", "-y"});
  transcript.Run({"delete", "demo"});
  CheckGolden("commands/changes.txt", transcript.text());
}

TEST_CASE("status says what is wrong, and whether all is well by its exit code") {
  Transcript transcript(Operator());
  transcript.Run({"status", "demo"});
  transcript.Run({"status", "nobody"});
  transcript.Run({"status", "-o", "yaml"});
  CheckGolden("commands/status.txt", transcript.text());
}

TEST_CASE("top of pods that Ray does not run in") {
  Transcript transcript(Operator());
  transcript.Run({"top", "pod"});
  transcript.Run({"top", "cluster", "demo"});
  transcript.Run({"top", "node", "--sort-by", "memroy"});
  transcript.Run({"top", "pod", "-o", "jsn"});
  CheckGolden("commands/top.txt", transcript.text());
  Transcript nothing(Empty());
  nothing.Run({"top", "cluster"});
  nothing.Run({"top", "cluster", "demo"});
  nothing.Run({"top", "pod", "demo-head"});
  nothing.Run({"top", "node", "-c", "demo"});
  CheckGolden("commands/top-nothing.txt", nothing.text());
}

TEST_CASE("sessions: none is in the background") {
  Transcript transcript(Empty());
  transcript.Run({"session", "list"});
  transcript.Run({"session", "stop", "demo"});
  transcript.Run({"session", "stop"});
  transcript.Run({"session"});
  CheckGolden("commands/session.txt", transcript.text());
}

TEST_CASE("jobs of a dashboard and RayJobs are one list") {
  Answers answers = Operator();
  answers["GET /api/jobs/"] = HttpAnswer(200, R"([
    {"type": "SUBMISSION", "submission_id": "raysubmit_1", "job_id": "01000000", "status": "RUNNING", "message": "m",
     "entrypoint": "python a.py"},
    {"type": "SUBMISSION", "submission_id": "raysubmit_2", "status": "FAILED", "entrypoint": "python b.py",
     "message": "exit code 3", "start_time": 1000, "end_time": 61000, "driver_exit_code": 3}])");
  answers["GET /api/jobs/raysubmit_1"] = HttpAnswer(200, R"(
    {"type": "SUBMISSION", "submission_id": "raysubmit_1", "status": "RUNNING", "entrypoint": "python a.py"})");
  answers["GET /api/version"] = HttpAnswer(200, R"({"ray_version": "2.52.0", "version": "4"})");
  Transcript transcript(answers);
  const std::string address = "--address=http://SERVER";
  transcript.Run({"job", "list", address, "-o", "custom-columns=ID:.submission_id,STATUS:.status"});
  transcript.Run({"job", "list", address, "--status", "running"});
  transcript.Run({"job", "list", address, "--status", "done"});
  transcript.Run({"job", "list", address, "--since", "1h"});
  transcript.Run({"job", "get", address, "raysubmit_1"});
  transcript.Run({"job", "status", address, "raysubmit_1"});
  transcript.Run({"job", "get", address, "raysubmit_9"});
  transcript.Run({"job", "logs", address, "raysubmit_1", "--follow", "--tail", "1"});
  CheckGolden("commands/job.txt", transcript.text());
}

TEST_CASE("options and completion need no server") {
  Transcript transcript(Empty());
  transcript.Run({"options"});
  transcript.Run({"completion", "csh"});
  transcript.Run({"completion"});
  CheckGolden("commands/other.txt", transcript.text());
  for (const char* shell : {"bash", "zsh", "fish", "powershell", "kubectl"}) {
    const Outcome outcome = RunProgram({"completion", shell});
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("__complete") != std::string::npos);
  }
}

TEST_CASE("operator: what is carried, and a server without it") {
  Transcript transcript(Empty());
  transcript.Run({"operator", "images", "--all"});
  transcript.Run({"operator", "images", "--version", "9.9"});
  transcript.Run({"operator", "install", "--dry-run", "-o", "name"});
  transcript.Run({"operator", "install", "--dry-run", "-o", "name", "--namespaced", "--part", "user"});
  transcript.Run({"operator", "install", "--part", "half"});
  transcript.Run({"operator", "status"});
  transcript.Run({"operator", "status", "-o", "name"});
  transcript.Run({"operator", "upgrade", "--yes"});
  transcript.Run({"operator", "uninstall", "--yes"});
  transcript.Run({"operator", "uninstall", "--keep-objects", "--delete-crds", "0"});
  CheckGolden("commands/operator.txt", transcript.text());
}

TEST_CASE("version prints the plugin's and the agent's, then what the server knows") {
  Answers answers = Operator();
  answers["GET /apis/apps/v1/deployments"] = List(R"({"metadata": {"name": "kuberay-operator"},
    "spec": {"template": {"spec": {"containers": [{"image": "quay.io/kuberay/operator:v1.6.2"}]}}}})");
  ScriptedApi api(AnswersByRequest{answers});
  const Tree home;
  home.Write("config", KubeconfigFor(api.Access().server));
  const Outcome outcome = RunProgram({"version"}, {{"KUBECONFIG", home.path() + "/config"}});
  const std::string client = RunProgram({"version", "--client"}).out;
  CHECK(std::count(client.begin(), client.end(), '\n') == 2);
  CHECK(outcome.out == client +
                           "Kubernetes version: v1.34.4\nKubeRay operator version: v1.6.2\nRay version of "
                           "cluster demo: 2.52.0\n");
  CHECK(outcome.err.empty());
  CHECK(outcome.code == 0);
}

TEST_CASE("rights needs no kubeconfig, but the one that is asked for") {
  const Outcome own = RunProgram({"rights", "get", "token", "--namespace", "team"});
  CHECK((own.code == 0 && own.err.empty() && own.out.find("namespace: team\n") != std::string::npos));
  const Outcome wide = RunProgram({"rights", "get", "token", "-A"});
  CHECK((wide.code == 0 && wide.err.empty() && wide.out.find("kind: ClusterRole\n") != std::string::npos));
  const Tree home;
  const Outcome none = RunProgram({"rights", "get", "token"}, {{"HOME", home.path()}});
  CHECK((none.code == 0 && none.out.find("namespace: default\n") != std::string::npos));
  CHECK(none.err ==
        "note: the Role is one of namespace \"default\", and --namespace chooses another: cannot find a "
        "kubeconfig: \"" +
            home.path() + "/.kube/config\" does not exist\n");
  const Outcome named = RunProgram({"rights", "get", "token", "--context", "x"}, {{"HOME", home.path()}});
  CHECK((named.code == 2 && named.out.empty()));
}

TEST_CASE("doctor refuses what it cannot try before it asks anybody") {
  const struct {
    std::vector<std::string> words;
    const char* message;
  } rows[] = {
      {{"--probe"}, "cannot use --probe without CLUSTER"},
      {{"--idle", "1m"}, "cannot use --idle without CLUSTER"},
      {{"-f", "x.yaml", "--probe"}, "cannot use --probe without CLUSTER"},
      {{"demo", "-f", "x.yaml"}, "cannot use CLUSTER and --filename together"},
      {{"demo", "--idle", "1m", "--no-exec"}, "cannot use --idle and --no-exec together"},
      {{"demo", "--idle", "500ms"}, "cannot wait \"500ms\" for --idle"},
      {{"demo", "--idle", "3601s"}, "cannot wait \"3601s\" for --idle"},
      {{"demo", "--idle", "1h"}, "cannot find a kubeconfig"},
      {{"demo", "--idle", "1s", "--probe"}, "cannot find a kubeconfig"},
  };
  for (const auto& row : rows) {
    std::vector<std::string> words = {"doctor"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    const Outcome outcome = RunProgram(words);
    CHECK(outcome.code == 2);
    CHECK(outcome.err.starts_with(std::string("error: ") + row.message));
  }
}
