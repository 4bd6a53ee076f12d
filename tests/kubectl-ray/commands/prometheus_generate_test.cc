// `prometheus generate`, from words to output, against an API server of the test's own.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/golden.h"
#include "tests/support/program.h"

namespace {

using Answers = std::map<std::string, std::string>;

std::string Items(const std::string& items) { return HttpAnswer(200, R"({"items":[)" + items + "]}"); }

std::string Refused() {
  return HttpAnswer(403, R"({"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403,
                             "message": "prometheuses is forbidden"})");
}

const char* const kDemo = R"({
  "apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "demo", "namespace": "default"},
  "spec": {"headGroupSpec": {"rayStartParams": {"metrics-export-port": "8081"},
                             "template": {"spec": {"containers": [{"name": "ray-head"}]}}},
           "workerGroupSpecs": [{"groupName": "gpus", "template": {"spec": {"containers": [{}]}}}]}})";

// KubeRay's own sample, which no Prometheus here takes.
const char* const kSample = R"({
  "metadata": {"name": "ray-workers-monitor", "namespace": "prometheus-system", "labels": {"release": "prometheus"}},
  "spec": {"namespaceSelector": {"matchNames": ["default"]}, "selector": {"matchLabels": {"ray.io/node-type": "worker"}}}})";

// One of these, applied before, and somebody's own.
const char* const kTaken = R"({
  "metadata": {"name": "ray-head", "namespace": "default", "labels": {"release": "kps"}},
  "spec": {"selector": {"matchLabels": {"ray.io/node-type": "head"}}}}, {
  "metadata": {"name": "everything", "namespace": "monitoring", "labels": {"release": "kps"}},
  "spec": {"namespaceSelector": {"any": true}, "selector": {}}}, {
  "metadata": {"name": "web", "namespace": "default", "labels": {"release": "kps"}},
  "spec": {"selector": {"matchLabels": {"app": "web"}}}})";

const char* const kOperatorsLabels = R"({"app.kubernetes.io/name": "kuberay-operator"})";

std::string Prometheus(const std::string& name) {
  return R"({"metadata": {"name": ")" + name + R"(", "namespace": "monitoring"},
    "spec": {"podMonitorSelector": {"matchLabels": {"release": "kps"}}, "podMonitorNamespaceSelector": {},
             "serviceMonitorSelector": {"matchLabels": {"release": "kps"}}}})";
}

// A cluster with KubeRay and no Prometheus operator.
Answers Plain() {
  const std::string ray = "/apis/ray.io/v1", ours = ray + "/namespaces/default";
  const std::string labels = kOperatorsLabels;
  return {
      {"GET " + ray, HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})")},
      {"GET " + ours + "/rayclusters", Items(kDemo)},
      {"GET " + ours + "/rayclusters/demo", HttpAnswer(200, kDemo)},
      {"GET /apis/apps/v1/namespaces/default/deployments", Items("")},
      {"GET /apis/apps/v1/deployments",
       Items(R"({"metadata": {"name": "kuberay-operator", "namespace": "kuberay"},
         "spec": {"template": {"metadata": {"labels": )" +
             labels + "}}}}")},
      {"GET /api/v1/namespaces/kuberay/services",
       Items(R"({"metadata": {"name": "kuberay-operator", "namespace": "kuberay",
         "labels": )" +
             labels + R"(}, "spec": {"selector": )" + labels +
             R"(, "ports": [{"name": "http", "port": 8080}]}})")},
  };
}

Answers WithOperator() {
  Answers answers = Plain();
  const std::string monitoring = "/apis/monitoring.coreos.com/v1";
  answers["GET " + monitoring] = HttpAnswer(200, R"({"resources":[{"name":"podmonitors"}]})");
  answers["GET " + monitoring + "/prometheuses"] = Items(Prometheus("kps"));
  answers["GET " + monitoring + "/podmonitors"] = Items(kSample + std::string(",") + kTaken);
  answers["GET /api/v1/namespaces/default"] =
      HttpAnswer(200, R"({"metadata": {"labels": {"kubernetes.io/metadata.name": "default"}}})");
  return answers;
}

}  // namespace

TEST_CASE("prometheus generate fits the Prometheus that is there, and says who is not taken") {
  Transcript transcript(WithOperator());
  transcript.Run({"prometheus", "generate", "--kuberay"});
  transcript.Run({"prometheus", "generate", "demo", "--release", "other", "--interval", "30s", "-o", "json"});
  transcript.Run({"prometheus", "generate", "--prometheus", "kpz"});
  transcript.Run({"prometheus", "generate", "--interval", "often"});
  transcript.Run({"prometheus", "generate", "--release", "a b"});
  transcript.Run({"prometheus", "generate", "-o", "wide"});
  transcript.Run({"prometheus", "generate", "--grafana", "--scrape-config"});
  transcript.Run({"prometheus", "generate", "nobody"});
  CheckGolden("commands/prometheus.txt", transcript.text());
}

TEST_CASE("prometheus generate with several Prometheuses, none, and none to look at") {
  const std::string path = "GET /apis/monitoring.coreos.com/v1/prometheuses";
  Answers answers = WithOperator();
  answers[path] = Items(Prometheus("a") + "," + Prometheus("b"));
  Transcript several(answers);
  several.Run({"prometheus", "generate", "demo"});
  several.Run({"prometheus", "generate", "demo", "--prometheus", "c"});
  several.Run({"prometheus", "generate", "demo", "--prometheus", "monitoring/b"});
  answers[path] = Items("");
  Transcript none(answers);
  none.Run({"prometheus", "generate", "demo", "--release", "x"});
  answers[path] = Refused();
  answers["GET /apis/monitoring.coreos.com/v1/namespaces/default/prometheuses"] = Refused();
  Transcript refused(answers);
  refused.Run({"prometheus", "generate", "demo"});
  CheckGolden("commands/prometheus-chosen.txt", several.text() + none.text() + refused.text());
}

TEST_CASE("prometheus generate without the Prometheus operator prints scrape_configs") {
  Transcript transcript(Plain());
  transcript.Run({"prometheus", "generate", "--kuberay"});
  transcript.Run({"prometheus", "generate", "demo", "-o", "json"});
  CheckGolden("commands/prometheus-scrape-config.txt", transcript.text());
}

TEST_CASE("Grafana's dashboards need no server") {
  const Outcome done =
      RunProgram({"prometheus", "generate", "--grafana", "-n", "team"}, {{"HOME", "/nowhere"}});
  CHECK(done.code == 0);
  CHECK(done.err.empty());
  CHECK(done.out.find("grafana_dashboard: \"1\"") != std::string::npos);
}
