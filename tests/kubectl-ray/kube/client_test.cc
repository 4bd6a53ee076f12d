#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/kinds/ray_resources.h"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <thread>

#include "tests/support/scripted_api.h"
#include "tests/support/web_socket_peer.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kLong(20);

std::string StatusAnswer(int code, const std::string& message, const std::string& headers = "") {
  return HttpAnswer(
      code, R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"message":")" + message + "\"}",
      headers);
}

std::string Page(const std::string& uids, const std::string& more = "", const std::string& version = "7") {
  std::string items;
  for (const char uid : uids)
    items += std::string(items.empty() ? "" : ",") + R"({"metadata":{"uid":")" + uid + "\"}}";
  return HttpAnswer(200, R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + more +
                             R"("},"items":[)" + items + "]}");
}

// The uids that a list delivered, then how it ended.
std::string Listed(const KubeClient& kube, std::size_t most = 100) {
  std::string told;
  const auto version = kube.List(kPods, "x", {.page_size = 2}, [&](const Json& item) {
    told += shared::StringAt(item, {"metadata", "uid"});
    return told.size() < most;
  });
  return told + (version ? " at " + *version : ": " + version.error().message);
}

}  // namespace

TEST_CASE("a resource's path names its group, namespace and object, whatever is in their names") {
  CHECK(ResourcePath(kPods, "x", "y") == "/api/v1/namespaces/x/pods/y");
  CHECK(ResourcePath(kPods, "", "") == "/api/v1/pods");
  CHECK(ResourcePath(kRayClusters, "x", "") == "/apis/ray.io/v1/namespaces/x/rayclusters");
  CHECK(ResourcePath(kNamespaces, "", "x/../y?z") == "/api/v1/namespaces/x%2F..%2Fy%3Fz");
}

TEST_CASE("a request says who asks and for whom") {
  ScriptedApi api({HttpAnswer(200, R"({"a":1})")});
  ClusterAccess access = api.Access();
  access.impersonation = {{"Impersonate-User", "me"}, {"Impersonate-Extra-scopes", "view"}};
  const KubeClient kube(std::move(access), kLong);
  CHECK(*kube.Get(kPods, "x", "y") == Json{{"a", 1}});
  CHECK(api.Asked() == std::vector<std::string>{"GET /api/v1/namespaces/x/pods/y"});
  for (const char* header : {"Authorization: Bearer 1\r\n", "Impersonate-User: me\r\n",
                             "Impersonate-Extra-scopes: view\r\n", "Accept: application/json\r\n"})
    CHECK(api.Request(0).find(header) != std::string::npos);
}

TEST_CASE("401 is tried once more, with other credentials, and then told") {
  ScriptedApi mended({StatusAnswer(401, "no"), HttpAnswer(200, "{}")});
  CHECK(KubeClient(mended.Access(), kLong).Get(kPods, "x", "y").has_value());
  CHECK(mended.Request(1).find("Authorization: Bearer 2\r\n") != std::string::npos);
  CHECK(mended.Request(1).find("Bearer 1") == std::string::npos);
  ScriptedApi refusing({StatusAnswer(401, "no"), StatusAnswer(401, "no"), HttpAnswer(200, "{}")});
  const auto answer = KubeClient(refusing.Access(), kLong).Get(kPods, "x", "y");
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kAuth);
  CHECK(refusing.Asked().size() == 2);
}

TEST_CASE("every status that is no success has its code") {
  const struct {
    int status;
    ErrorCode code;
  } rows[] = {{300, ErrorCode::kInternal},    {302, ErrorCode::kInternal},    {400, ErrorCode::kUsage},
              {403, ErrorCode::kAuth},        {404, ErrorCode::kNotFound},    {405, ErrorCode::kInternal},
              {409, ErrorCode::kConflict},    {410, ErrorCode::kNotFound},    {413, ErrorCode::kInternal},
              {422, ErrorCode::kUsage},       {429, ErrorCode::kUnavailable}, {500, ErrorCode::kUnavailable},
              {503, ErrorCode::kUnavailable}, {504, ErrorCode::kTimeout}};
  for (const auto& row : rows) {
    INFO(row.status);
    ScriptedApi api({StatusAnswer(row.status, "because")});
    const auto answer = KubeClient(api.Access(), kLong).Get(kPods, "x", "y");
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == row.code);
    CHECK(api.Asked().size() == 1);
  }
}

TEST_CASE("a time to come back that the deadline does not allow is no reason to wait") {
  for (const char* after : {"30", "86400"}) {
    ScriptedApi api({StatusAnswer(429, "busy", "Retry-After: " + std::string(after) + "\r\n")});
    const auto answer = KubeClient(api.Access(), seconds(5)).Get(kPods, "x", "y");
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::kUnavailable);
  }
}

TEST_CASE("a Retry-After that is no number of seconds is not waited for") {
  for (const char* after : {"", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "1e3"}) {
    ScriptedApi api({StatusAnswer(503, "busy", "Retry-After: " + std::string(after) + "\r\n")});
    CHECK_FALSE(KubeClient(api.Access(), kLong).Get(kPods, "x", "y").has_value());
    CHECK(api.Asked().size() == 1);
  }
}

TEST_CASE("Ctrl-C ends the wait for a busy server") {
  shared::Interrupt interrupt;
  ScriptedApi api({StatusAnswer(429, "busy", "Retry-After: 30\r\n")});
  ClusterAccess access = api.Access();
  access.http.interrupt = &interrupt;
  const KubeClient kube(std::move(access), kLong * 10);
  std::thread raiser([&] {
    while (api.Asked().empty()) std::this_thread::yield();
    interrupt.Raise(SIGINT);
  });
  const auto answer = kube.Get(kPods, "x", "y");
  raiser.join();
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == ErrorCode::kInterrupted);
}

TEST_CASE("a list goes page by page, and stops where its reader does") {
  ScriptedApi api({Page("ab", "next/1"), Page("cd", "", "9")});
  CHECK(Listed(KubeClient(api.Access(), kLong)) == "abcd at 9");
  CHECK(api.Asked() == std::vector<std::string>{"GET /api/v1/namespaces/x/pods?limit=2",
                                                "GET /api/v1/namespaces/x/pods?limit=2&continue=next%2F1"});
  ScriptedApi stopped({Page("ab", "more"), Page("cd")});
  CHECK(Listed(KubeClient(stopped.Access(), kLong), 1) == "a at 7");
  CHECK(stopped.Asked().size() == 1);
}

TEST_CASE("of a list's objects only the fields asked for are built, and the uid") {
  const std::string page = HttpAnswer(
      200, R"({"items":[{"metadata":{"name":"a","uid":"1","labels":{}},"spec":{"x":[1]}}],"metadata":{}})");
  ScriptedApi api({page, page});
  const KubeClient kube(api.Access(), kLong);
  const auto some = kube.ListAll(kPods, "x", {.fields = shared::JsonFields::Only({"metadata.name"})});
  REQUIRE(some);
  CHECK(shared::DumpJson(*some) == R"([{"metadata":{"name":"a","uid":"1"}}])");
  const auto all = kube.ListAll(kPods, "x", {});
  REQUIRE(all);
  CHECK(shared::DumpJson(*all) == R"([{"metadata":{"name":"a","uid":"1","labels":{}},"spec":{"x":[1]}}])");
}

TEST_CASE("of a page that is not whole nothing is delivered, and an object that is broken is an error") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"items":[{"metadata":{"uid":"a"}})", ": cannot list pods"},
      {R"({"items":[{"metadata":{"uid":"a"}},{]})", ": cannot list pods"},
      {R"({"items":[{"metadata":{"uid":"a"}},nul]})", "a: cannot list pods"},
      {"[]", ": cannot list pods"},
      {"", ": cannot list pods"},
  };
  for (const auto& [body, listed] : rows) {
    INFO(body);
    ScriptedApi api({HttpAnswer(200, body)});
    CHECK(Listed(KubeClient(api.Access(), kLong)).starts_with(listed));
  }
}

TEST_CASE("a list whose snapshot the server forgot starts over and tells nothing twice") {
  ScriptedApi api({Page("ab", "1"), StatusAnswer(410, "expired"), Page("ab", "2"), Page("bc")});
  CHECK(Listed(KubeClient(api.Access(), kLong)) == "abc at 7");
  ScriptedApi first({StatusAnswer(410, "expired"), Page("a")});
  CHECK(Listed(KubeClient(first.Access(), kLong)).starts_with(": cannot list pods"));
  std::vector<std::string> forgetful;
  for (int i = 0; i < 20; ++i) {
    forgetful.push_back(Page("ab", "1"));
    forgetful.push_back(StatusAnswer(410, "expired"));
  }
  ScriptedApi endless(forgetful);
  CHECK(Listed(KubeClient(endless.Access(), kLong)).starts_with("ab: cannot list pods"));
  CHECK(endless.Asked().size() == 8);  // the first try and three more
}

TEST_CASE("what is written goes to its path with its options") {
  const std::vector<std::string> ok(6, HttpAnswer(200, "{}"));
  ScriptedApi api(ok);
  const KubeClient kube(api.Access(), kLong);
  const Json object = {{"a", 1}};
  CHECK(kube.Create(kPods, "x", object).has_value());
  CHECK(kube.Create(kPods, "x", object, {.dry_run = true}).has_value());
  CHECK(kube.Apply(kPods, "x", "y", object, {.force = true}).has_value());
  CHECK(kube.Patch(kPods, "x", "y", object, "application/merge-patch+json").has_value());
  CHECK(kube.Delete(kPods, "x", "y").has_value());
  CHECK(kube.Delete(kPods, "x", "y", {"Foreground", 0, "u"}).has_value());
  CHECK(api.Asked() ==
        std::vector<std::string>{
            "POST /api/v1/namespaces/x/pods?fieldManager=kubectl-ray&fieldValidation=Strict",
            "POST /api/v1/namespaces/x/pods?fieldManager=kubectl-ray&fieldValidation=Strict&dryRun=All",
            "PATCH /api/v1/namespaces/x/pods/y?fieldManager=kubectl-ray&fieldValidation=Strict&force=true",
            "PATCH /api/v1/namespaces/x/pods/y?fieldManager=kubectl-ray&fieldValidation=Strict",
            "DELETE /api/v1/namespaces/x/pods/y", "DELETE /api/v1/namespaces/x/pods/y"});
  CHECK(api.Request(0).ends_with("\r\n\r\n{\"a\":1}"));
  CHECK(api.Request(2).find("Content-Type: application/apply-patch+yaml\r\n") != std::string::npos);
  CHECK(api.Request(4).find("gracePeriodSeconds") == std::string::npos);
  for (const char* part :
       {R"("propagationPolicy":"Foreground")", R"("gracePeriodSeconds":0)", R"("uid":"u")"})
    CHECK(api.Request(5).find(part) != std::string::npos);
}

// The server reads the body of an apply as YAML; tests/integration/yaml_test.py applies such text to a real
// one.
TEST_CASE("what is applied holds no character that YAML takes for the end of a line") {
  ScriptedApi api({HttpAnswer(200, "{}")});
  const KubeClient kube(api.Access(), kLong);
  CHECK(kube.Apply(kPods, "x", "y",
                   {{"a",
                     "1\xc2\x85"
                     "2\xe2\x80\xa8"
                     "3\xe2\x80\xa9\xc3\xa9"}})
            .has_value());
  CHECK(api.Request(0).ends_with("{\"a\":\"1\\u00852\\u20283\\u2029\xc3\xa9\"}"));
}

TEST_CASE("what the server warns of beside a write is passed on, each text once") {
  const std::string unknown = "Warning: 299 - \"unknown field \\\"spec.a\\\"\"\r\n";
  ScriptedApi api({HttpAnswer(200, "{}", "Warning: 299 - \"of a read\"\r\n"),
                   HttpAnswer(201, "{}", unknown + "Warning: 299 - \"b\", 299 - \"c\"\r\n"),
                   HttpAnswer(200, "{}", unknown), StatusAnswer(422, "no", "Warning: 299 - \"d\"\r\n")});
  KubeClient kube(api.Access(), kLong);
  std::vector<std::string> warnings;
  kube.OnWarning([&](const std::string& text) { warnings.push_back(text); });
  CHECK(kube.Get(kPods, "x", "y").has_value());
  CHECK(kube.Create(kPods, "x", {{"a", 1}}).has_value());
  CHECK(kube.Apply(kPods, "x", "y", {{"a", 1}}).has_value());
  CHECK_FALSE(kube.Patch(kPods, "x", "y", {{"a", 1}}, "application/merge-patch+json").has_value());
  CHECK(warnings == std::vector<std::string>{"unknown field \"spec.a\"", "b", "c", "d"});
}

TEST_CASE("what is served is asked once, and an answer that failed is not remembered") {
  ScriptedApi api({StatusAnswer(500, "etcd"), HttpAnswer(200, R"({"resources":[{"name":"rayclusters"}]})")});
  const KubeClient kube(api.Access(), kLong);
  CHECK_FALSE(kube.Serves(kRayClusters).has_value());
  CHECK(*kube.Serves(kRayClusters));
  CHECK_FALSE(*kube.Serves(kRayJobs));
  CHECK(api.Asked().size() == 2);
  ScriptedApi none({HttpAnswer(404, "404 page not found")});
  const KubeClient plain(none.Access(), kLong);
  CHECK_FALSE(*plain.Serves(kRayClusters));
  CHECK_FALSE(*plain.Serves(kRayClusters));
  CHECK(none.Asked().size() == 1);
}

TEST_CASE("answers that are no object are errors that show their words") {
  for (const char* body : {"", "[]", "5", "{", "<html><p>sign in</p></html>"}) {
    INFO(body);
    ScriptedApi api({HttpAnswer(200, body)});
    const auto answer = KubeClient(api.Access(), kLong).Get(kPods, "x", "y");
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::kInternal);
    CHECK_FALSE(answer.error().hint.empty());
  }
}

TEST_CASE("channels that neither protocol opens say why, and 401 is tried once more") {
  const PodProtocol protocol = {"v4.channel.k8s.io", "v4.channel.k8s.io", {}};
  const std::string path = "/api/v1/namespaces/x/pods/y/exec";
  ScriptedApi forbidden({HttpAnswer(403, ""), HttpAnswer(403, ""), StatusAnswer(403, "not you")});
  const auto refused = KubeClient(forbidden.Access(), kLong).OpenChannels(path, protocol);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kAuth);
  CHECK(refused.error().message.ends_with("forbidden: not you"));
  // Kubernetes 1.35 allows the GET and checks "create" at the upgrade; only a POST returns its reason.
  ScriptedApi half({HttpAnswer(403, ""), HttpAnswer(403, ""), StatusAnswer(400, "Upgrade request required"),
                    StatusAnswer(403, "cannot create resource pods/exec")});
  const auto half_refused = KubeClient(half.Access(), kLong).OpenChannels(path, protocol);
  REQUIRE_FALSE(half_refused.has_value());
  CHECK(half_refused.error().message.ends_with("forbidden: cannot create resource pods/exec"));
  CHECK(half.Asked().back() == "POST /api/v1/namespaces/x/pods/y/exec");
  ScriptedApi mended({HttpAnswer(401, ""), std::string(kWebSocketUpgrade)});
  CHECK(KubeClient(mended.Access(), kLong).OpenChannels("/x", protocol).has_value());
  CHECK(mended.Request(1).find("Authorization: Bearer 2\r\n") != std::string::npos);
  ScriptedApi silent(std::vector<std::string>{});
  const auto closed = KubeClient(silent.Access(), kLong).OpenChannels("/x", protocol);
  REQUIRE_FALSE(closed.has_value());
  CHECK(closed.error().code == ErrorCode::kUnavailable);
  CHECK(silent.Asked().size() == 1);  // no answer is no refusal
}
