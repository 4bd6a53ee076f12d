// What one more kind takes: its row. The kind here is the test's own, and each command takes it from the
// table.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <mutex>

#include "kubectl-ray/kinds/names.h"
#include "kubectl-ray/kinds/target.h"
#include "tests/support/loopback.h"
#include "tests/support/program.h"

using namespace kubectl_ray;

namespace {

std::string Colour(const Json& object) { return shared::StringAt(object, {"status", "colour"}, "grey"); }

const Kind kRayThingKind = {.resource = {"ray.io", "v1", "raythings", "RayThing"},
                            .type = "raything",
                            .noun = "thing",
                            .nouns = "things",
                            .columns =
                                [](const Clock&) {
                                  return std::vector<Column>{
                                      {"Name",
                                       [](const Json& thing) {
                                         return shared::StringAt(thing, {"metadata", "name"});
                                       }},
                                      {"Colour", Colour}};
                                },
                            .cluster_of = nullptr,
                            .lines =
                                [](const Json& thing) {
                                  return std::vector{Colour(thing), std::string("nothing else")};
                                },
                            .where_not_served = "Paint one yourself."};

const std::string kGroup = "/apis/ray.io/v1";
const std::string kNamespaced = kGroup + "/namespaces/default/";

// An API server that has a RayThing, and a RayJob and a RayService of the same name.
class ThingApi {
 public:
  explicit ThingApi(bool serves_things = true) {
    const char* thing = R"({"apiVersion": "ray.io/v1", "kind": "RayThing", "status": {"colour": "green"},
                            "metadata": {"name": "x", "namespace": "default", "uid": "u-thing"}})";
    answers_["GET " + kGroup] = serves_things
                                    ? R"({"resources": [{"name": "rayclusters"}, {"name": "raythings"}]})"
                                    : R"({"resources": [{"name": "rayclusters"}]})";
    for (const char* other : {"rayjobs", "rayservices"})
      answers_["GET " + kNamespaced + other + "/x"] = R"({"metadata": {"name": "x", "uid": "u-other"}})";
    if (!serves_things) return;
    answers_["GET " + kNamespaced + "raythings/x"] = thing;
    answers_["DELETE " + kNamespaced + "raythings/x"] = R"({"kind": "Status", "status": "Success"})";
    answers_["GET " + kNamespaced + "raythings"] = std::string(R"({"items": [)") + thing + "]}";
  }

  std::string Server() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  // "GET /api/v1/pods", in order.
  std::vector<std::string> Asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::string LastBody() {
    const std::lock_guard lock(mutex_);
    return last_body_;
  }

 private:
  void Serve(const LoopbackConnection& connection) {
    for (std::string request; !(request = connection.ReceiveRequestAndBody()).empty();) {
      const std::string line = request.substr(0, request.find_first_of("?\r", 0));
      const std::string asked = line.substr(0, line.find(' ', line.find(' ') + 1));
      const std::lock_guard lock(mutex_);
      asked_.push_back(asked);
      last_body_ = request.substr(request.find("\r\n\r\n") + 4);
      const auto answer = answers_.find(asked);
      connection.Send(answer != answers_.end()
                          ? HttpAnswer(200, answer->second)
                          : HttpAnswer(404, R"({"kind": "Status", "status": "Failure", "code": 404})"));
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::vector<std::string> asked_;
  std::string last_body_;
  LoopbackServer server_{[this](const LoopbackConnection& c) { Serve(c); }};  // last: uses the others
};

Outcome Run(const ThingApi& api, std::vector<std::string> arguments) {
  const KindForTest one_more(kRayThingKind);
  const Tree tree;
  tree.Write("config", KubeconfigFor(api.Server()));
  return RunProgram(std::move(arguments), {{"KUBECONFIG", tree.path() + "/config"}});
}

using Requests = std::vector<std::string>;

}  // namespace

TEST_CASE("one more kind goes by its words, and texts list it") {
  CHECK(FindKind("raything") == nullptr);
  {
    const KindForTest one_more(kRayThingKind);
    for (const char* text : {"raything/x", "RayThings/x", "thing/x", "THINGS/x"}) {
      INFO(text);
      const auto target = ParseTarget(text);
      REQUIRE(target.has_value());
      CHECK(target->kind == &kRayThingKind);
      CHECK(!target->is_cluster());
      CHECK(ToString(*target) == "raything/x");
    }
    CHECK(ParseTarget("pod/x").error().hint ==
          "The types are raycluster, rayjob, rayservice, raycronjob and raything, as in raycluster/NAME.");
  }
  CHECK(FindKind("raything") == nullptr);
  const ThingApi api;
  for (const char* command : {"delete", "log", "logs", "session"}) {
    INFO(command);
    CHECK(Run(api, {command, "--help"}).out.find("raything") != std::string::npos);
  }
}

TEST_CASE("get prints one more kind in its own columns") {
  ThingApi api;
  const Outcome outcome = Run(api, {"get", "things"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "NAME   COLOUR\nx      green\n");
  CHECK(api.Asked() == Requests{"GET " + kGroup, "GET " + kNamespaced + "raythings"});
  CHECK(Run(api, {"get", "thing", "x", "-o", "name"}).out == "raything.ray.io/x\n");
}

TEST_CASE("delete deletes the object of that kind and no other") {
  ThingApi api;
  const Outcome outcome = Run(api, {"delete", "raything/x", "--yes"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "Deleted raything x\n");
  CHECK(api.Asked() ==
        Requests{"GET " + kNamespaced + "raythings/x", "DELETE " + kNamespaced + "raythings/x"});
  CHECK(api.LastBody().find("\"u-thing\"") != std::string::npos);
}

TEST_CASE("what works on a cluster says that one more kind has none, and asks nobody") {
  const std::vector<std::string> rows[] = {{"logs", "raything/x"},
                                           {"log", "raything/x", "--out-dir", "."},
                                           {"session", "thing/x"},
                                           {"exec", "raything/x", "--", "true"},
                                           {"exec", "worker/raything/x", "--", "true"},
                                           {"attach", "head/things/x"}};
  for (const auto& words : rows) {
    ThingApi api;
    const Outcome outcome = Run(api, words);
    INFO(words.front() << ": " << outcome.err);
    CHECK(outcome.code == kExitUsage);
    CHECK(outcome.err.find("error: \"raything/x\" has no Ray cluster: a RayThing never has one\n") !=
          std::string::npos);
    CHECK(api.Asked().empty());
  }
  ThingApi api;
  CHECK(Run(api, {"suspend", "raything/x"}).err ==
        "error: cannot suspend or resume raything/x: only clusters, RayJobs, RayServices and "
        "RayCronJobs can be\n");
  CHECK(Run(api, {"job", "status", "raything/x"}).err.starts_with("error: cannot take \"raything/x\""));
  CHECK(api.Asked().empty());
}

TEST_CASE("status prints the lines of one more kind, and that it has no cluster") {
  ThingApi api;
  const Outcome outcome = Run(api, {"status", "raything/x"});
  CHECK(outcome.code == kExitUsage);
  CHECK(outcome.out == "raything/x in namespace default: green\n  nothing else\n");
  CHECK(outcome.err.find("\"raything/x\" has no Ray cluster") != std::string::npos);
  CHECK(api.Asked() == Requests{"GET " + kNamespaced + "raythings/x"});
}

TEST_CASE("one more kind that is not served has its own way out, and nothing is deleted") {
  const std::vector<std::string> rows[] = {
      {"get", "things"}, {"delete", "raything/x", "--yes"}, {"status", "raything/x"}};
  for (const auto& words : rows) {
    ThingApi api(false);
    const Outcome outcome = Run(api, words);
    INFO(words.front());
    CHECK(outcome.code == kExitFailure);
    CHECK(outcome.out.empty());
    CHECK(outcome.err ==
          "error: this API server has no RayThings: they come with the KubeRay operator\n"
          "Paint one yourself.\n");
    for (const std::string& asked : api.Asked()) CHECK(!asked.starts_with("DELETE"));
  }
}

TEST_CASE("one more kind is completed") {
  const KindForTest one_more(kRayThingKind);
  const ThingApi api;
  ClusterAccess access;
  access.server = api.Server();
  access.sign_in = [](const SignIn*) -> shared::Result<SignIn> { return SignIn{}; };
  const KubeClient kube(std::move(access), std::chrono::seconds(10));
  CHECK(TargetNames(kube, "default") == std::set<std::string>{"raything/x"});
  CHECK(NamesOfKind(kRayThingKind, kube, "default") == std::set<std::string>{"x"});
}
