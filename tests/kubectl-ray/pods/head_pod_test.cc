#include "kubectl-ray/pods/head_pod.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

Json Variable(const char* name, const char* value) { return {{"name", name}, {"value", value}}; }

Json FromSecret(const char* variable, const char* secret, const char* key) {
  return {{"name", variable}, {"valueFrom", {{"secretKeyRef", {{"name", secret}, {"key", key}}}}}};
}

// A head as a mesh leaves it: the proxy stands first and is well, the pod is not Ready.
Json HeadBesideProxy(Json env, bool ray_is_ready) {
  return {{"metadata", {{"name", "demo-head"}, {"labels", {{"ray.io/node-type", "head"}}}}},
          {"spec",
           {{"containers",
             {{{"name", "linkerd-proxy"}, {"ports", {{{"name", "dashboard"}, {"containerPort", 4191}}}}},
              {{"name", "ray-head"},
               {"env", std::move(env)},
               {"ports", {{{"name", "dashboard"}, {"containerPort", 18265}}}}}}}}},
          {"status",
           {{"phase", "Running"},
            {"conditions", {{{"type", "Ready"}, {"status", "False"}}}},
            {"containerStatuses",
             {{{"name", "linkerd-proxy"}, {"ready", true}, {"state", {{"running", Json::object()}}}},
              {{"name", "ray-head"},
               {"ready", ray_is_ready},
               {"started", true},
               {"state", {{"running", Json::object()}}}}}}}}};
}

}  // namespace

// linkerd/linkerd2#7122, KubeRay#4945: what is ready is Ray's container, and its ports are Ray's.
TEST_CASE("a head is its Ray container, wherever it stands") {
  const HeadPod ready = ReadHeadPod(HeadBesideProxy(Json::array(), true));
  CHECK(ready.name == "demo-head");
  CHECK(ready.container == "ray-head");
  CHECK(ready.dashboard_port == 18265);
  CHECK(ready.client_port == 10001);
  CHECK(ready.ready);
  CHECK(ready.reason.empty());
  const HeadPod unready = ReadHeadPod(HeadBesideProxy(Json::array(), false));
  CHECK_FALSE(unready.ready);
  CHECK(unready.running);
  CHECK(unready.reason == "runs Ray but is not ready");
}

// KubeRay declares no port that the user's template does not.
TEST_CASE("ports are those of Ray's command line before those that are declared") {
  const auto head = [](const char* command) {
    return ReadHeadPod(HeadBesideProxy(Json::array({Variable("KUBERAY_GEN_RAY_START_CMD", command)}), true));
  };
  const HeadPod moved =
      head("ray start --head  --block  --dashboard-port=8266  --ray-client-server-port=10002 ");
  CHECK(moved.dashboard_port == 8266);
  CHECK(moved.client_port == 10002);
  CHECK(moved.gcs_port == 6379);
  CHECK(head("ray start --head  --port=6380 ").dashboard_port == 18265);
  CHECK(head("ray start --head  --port=6380 ").gcs_port == 6380);
  CHECK(head("not ray at all").dashboard_port == 18265);
}

TEST_CASE("a GCS that wants certificates") {
  const std::pair<const char*, bool> rows[] = {{"1", true},  {"true", true}, {"True", true},
                                               {"0", false}, {"yes", false}, {"", false}};
  for (const auto& [value, wanted] : rows)
    CHECK(ReadHeadPod(HeadBesideProxy(Json::array({Variable("RAY_USE_TLS", value)}), true))
              .gcs_wants_certificates == wanted);
  CHECK_FALSE(ReadHeadPod(Json()).gcs_wants_certificates);
}

// ray-operator/controllers/ray/common/pod.go, SetContainerTokenAuthEnvVars.
TEST_CASE("the token is wanted only if Ray asks for one") {
  const Json secret = FromSecret("RAY_AUTH_TOKEN", "demo", "auth_token");
  const struct {
    const char* what;
    Json env;
    std::optional<SecretKey> token;
  } rows[] = {
      {"mode and secret", {Variable("RAY_AUTH_MODE", "token"), secret}, SecretKey{"demo", "auth_token"}},
      {"in the other order", {secret, Variable("RAY_AUTH_MODE", "token")}, SecretKey{"demo", "auth_token"}},
      {"no mode", {secret}, std::nullopt},
      {"another mode", {Variable("RAY_AUTH_MODE", "disabled"), secret}, std::nullopt},
      {"a token in the open",
       {Variable("RAY_AUTH_MODE", "token"), Variable("RAY_AUTH_TOKEN", "x")},
       std::nullopt},
      {"a secret without a key",
       {Variable("RAY_AUTH_MODE", "token"), FromSecret("RAY_AUTH_TOKEN", "demo", "")},
       std::nullopt},
      {"rubbish", {5, nullptr, "x"}, std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(ReadHeadPod(HeadBesideProxy(row.env, true)).token == row.token);
  }
}

TEST_CASE("a pod of which nothing is known is a head that does not run") {
  const HeadPod head = ReadHeadPod(Json::object());
  CHECK_FALSE(head.running);
  CHECK_FALSE(head.ready);
  CHECK(head.dashboard_port == 8265);
  CHECK_FALSE(head.reason.empty());
}
