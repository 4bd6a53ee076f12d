#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kube/client.h"
#include "tests/support/scripted_api.h"

using namespace kubectl_ray;
using shared::Deadline;
using shared::ErrorCode;

namespace {

constexpr std::chrono::seconds kLong(20);

std::string Pod(const std::string& name, const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","uid":"u-)" + name + R"(","resourceVersion":")" + version +
         "\"}}";
}

std::string List(const std::string& version, const std::vector<std::string>& pods) {
  std::string items;
  for (const std::string& pod : pods) items += (items.empty() ? "" : ",") + pod;
  return HttpAnswer(200, R"({"metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items + "]}");
}

std::string Event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

std::string Failure(int code) {
  return R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"message":"because"})";
}

struct Told {
  std::string events;  // "+a ~a -a * ." : added, modified, deleted, bookmark, the first list is complete
  shared::Status outcome = shared::Ok();
};

// What a watch reports until the event `last`.
Told Watch(ScriptedApi& api, const std::string& last, Deadline deadline = Deadline::After(kLong)) {
  Told told;
  const KubeClient kube(api.Access(), kLong);
  told.outcome = kube.Watch(kPods, "x", {.label_selector = "a=b"}, deadline, [&](const WatchEvent& event) {
    const char* marks[] = {"+", "~", "-", "*", "."};
    const std::string one =
        marks[static_cast<int>(event.type)] +
        (event.type == WatchEventType::kBookmark ? "" : shared::StringAt(event.object, {"metadata", "name"}));
    told.events += (told.events.empty() ? "" : " ") + one;
    return one != last;
  });
  return told;
}

}  // namespace

TEST_CASE("a list, then each change") {
  ScriptedApi api({List("5", {Pod("a", "1")}),
                   HttpStream(Event("ADDED", Pod("b", "6")) + Event("MODIFIED", Pod("a", "7")) +
                              Event("BOOKMARK", Pod("", "8")) + Event("DELETED", Pod("a", "9")))});
  const Told told = Watch(api, "-a");
  CHECK(told.outcome.has_value());
  CHECK(told.events == "+a . +b ~a * -a");
  CHECK(api.Asked() ==
        std::vector<std::string>{
            "GET /api/v1/namespaces/x/pods?limit=500&labelSelector=a%3Db",
            "GET /api/v1/namespaces/x/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=240"
            "&resourceVersion=5&labelSelector=a%3Db"});
}

TEST_CASE("a watch that ends goes on behind the last version, and tells nothing twice") {
  for (const char* rest : {"", "{\"type\":\"ADDED\",\"obj", "rubbish\n", "\n", "[]\n5\n"}) {
    INFO(rest);
    ScriptedApi api({List("5", {Pod("a", "1")}), HttpStream(Event("BOOKMARK", Pod("", "8")) + rest),
                     HttpStream(Event("MODIFIED", Pod("a", "1")) + Event("ADDED", Pod("b", "9")))});
    const Told told = Watch(api, "+b");
    CHECK(told.outcome.has_value());
    CHECK(told.events == "+a . * +b");
    CHECK(api.Asked().at(2).find("resourceVersion=8") != std::string::npos);
  }
}

TEST_CASE("410, in the watch or in its place, lists again and tells what went meanwhile") {
  for (const std::string& gone : {HttpStream(Event("ERROR", Failure(410))), HttpAnswer(410, Failure(410))}) {
    INFO(gone);
    ScriptedApi api(
        {List("5", {Pod("a", "1"), Pod("b", "2")}), gone, List("20", {Pod("b", "2"), Pod("c", "12")})});
    const Told told = Watch(api, "-a");
    CHECK(told.outcome.has_value());
    CHECK(told.events == "+a +b . +c -a");
  }
}

TEST_CASE("a server that cannot answer now is asked again once the first list is through") {
  for (const std::string& bad : {HttpAnswer(500, Failure(500)), HttpAnswer(503, Failure(503)), std::string(),
                                 HttpAnswer(403, Failure(403)), HttpStream(Event("ERROR", Failure(500)))}) {
    INFO(bad);
    ScriptedApi api({List("5", {}), bad, HttpStream(Event("ADDED", Pod("a", "6")))});
    const Told told = Watch(api, "+a");
    CHECK(told.outcome.has_value());
    CHECK(told.events == ". +a");
  }
}

// A connection cut in its handshake ended `job submit --name` once (integration.rayjob_test, 2026-11-21).
TEST_CASE("before it, a server that cannot answer now is asked thrice more") {
  for (const std::string& bad : {HttpAnswer(500, Failure(500)), std::string()}) {
    INFO(bad);
    ScriptedApi mended({bad, List("5", {})});
    const Told told = Watch(mended, ".");
    CHECK(told.outcome.has_value());
    CHECK(told.events == ".");
  }
  const std::string bad = HttpAnswer(503, Failure(503));
  ScriptedApi down({bad, bad, bad, bad, List("5", {})});
  const Told told = Watch(down, ".");
  REQUIRE_FALSE(told.outcome.has_value());
  CHECK(told.outcome.error().code == ErrorCode::kUnavailable);
  CHECK(down.Asked().size() == 4);
}

TEST_CASE("before it, every other error is the caller's") {
  for (const auto& [status, code] :
       {std::pair(403, ErrorCode::kAuth), std::pair(404, ErrorCode::kNotFound)}) {
    ScriptedApi api({HttpAnswer(status, Failure(status)), List("5", {})});
    const Told told = Watch(api, ".");
    REQUIRE_FALSE(told.outcome.has_value());
    CHECK(told.outcome.error().code == code);
    CHECK(api.Asked().size() == 1);
  }
}

TEST_CASE("a watch of what the server no longer serves ends with the list's error") {
  ScriptedApi api({List("5", {}), HttpAnswer(404, Failure(404)), HttpAnswer(404, Failure(404))});
  const Told told = Watch(api, "never");
  REQUIRE_FALSE(told.outcome.has_value());
  CHECK(told.outcome.error().code == ErrorCode::kNotFound);
}

TEST_CASE("a deadline ends it") {
  ScriptedApi api({List("5", {Pod("a", "1")})});
  const Told told = Watch(api, "never", Deadline::After(std::chrono::milliseconds(0)));
  REQUIRE_FALSE(told.outcome.has_value());
  CHECK(told.outcome.error().code == ErrorCode::kTimeout);
  CHECK(told.events == "+a .");
}

TEST_CASE("an event without end is given up, not held") {
  ScriptedApi api(
      {List("5", {}), HttpStream(std::string(17u << 20, 'x')), HttpStream(Event("ADDED", Pod("a", "6")))});
  const Told told = Watch(api, "+a");
  CHECK(told.outcome.has_value());
  CHECK(told.events == ". +a");
}
