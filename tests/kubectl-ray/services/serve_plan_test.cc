#include "kubectl-ray/services/serve_plan.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::ErrorCode;
using shared::Json;

namespace {

Json Parsed(const std::string& yaml) {
  auto value = ParseYaml("x", yaml);
  REQUIRE(value);
  return *std::move(value);
}

ServeInstance Live(const std::string& applications, const std::string& more = "") {
  const auto instance = ParseServeInstance(Parsed(
      "{controller_info: {node_id: a}, proxies: {}, applications: {" + applications + "}" + more + "}"));
  REQUIRE(instance);
  return *instance;
}

const std::string kFruit =
    "fruit: {status: RUNNING, source: declarative, route_prefix: /fruit, deployed_app_config: {name: fruit, "
    "route_prefix: /fruit, import_path: 'fruit:app'}}";
const std::string kRun = "run: {status: RUNNING, source: imperative, route_prefix: /run}";
const std::string kOld =
    "old: {status: RUNNING, route_prefix: /old}";  // of a Ray that does not name the source
const std::string kGone = "gone: {status: DELETING, route_prefix: /gone}";
const std::string kMath = "{applications: [{name: math, import_path: 'm:a', route_prefix: /m}]}";

std::string Changes(const shared::Result<ServePlan>& plan) {
  return plan ? RenderServeChanges(plan->changes) : "error: " + plan.error().message;
}
std::string Body(const shared::Result<ServePlan>& plan) {
  REQUIRE(plan);
  return shared::DumpJson(plan->body);
}

const std::string kFruitBody = R"({"name":"fruit","route_prefix":"/fruit","import_path":"fruit:app"})";
const std::string kMathBody = R"({"name":"math","import_path":"m:a","route_prefix":"/m"})";

}  // namespace

TEST_CASE("what is served stays beside what is deployed, and is sent as its config") {
  const auto first = PlanServe(Live(""), Parsed(kMath), false);
  CHECK(Changes(first) == "application/math created\n");
  CHECK(Body(first) == R"({"applications":[)" + kMathBody + "]}");
  const auto beside = PlanServe(Live(kFruit + "," + kRun + "," + kGone), Parsed(kMath), false);
  CHECK(Changes(beside) ==
        "application/math created\napplication/fruit stays as it is\napplication/run stays as it is\n");
  CHECK(Body(beside) == R"({"applications":[)" + kMathBody + "," + kFruitBody + "]}");
  const auto instead = PlanServe(Live(kFruit + "," + kRun + "," + kGone), Parsed(kMath), true);
  CHECK(Changes(instead) ==
        "application/math created\napplication/fruit deleted\napplication/run stays as it is\n");
  CHECK(Body(instead) == R"({"applications":[)" + kMathBody + "]}");
  // Before `source` Ray took away what a program had deployed, too.
  CHECK(Changes(PlanServe(Live(kOld), Parsed(kMath), false)) ==
        "application/math created\napplication/old deleted (a program deployed it, and this Ray may not keep "
        "it)\n");
}

TEST_CASE("an application of a name that is there is deployed again") {
  const struct {
    std::string live, config, wanted;
  } rows[] = {
      {kFruit, "{name: fruit, route_prefix: /fruit, import_path: 'fruit:app'}", "unchanged"},
      {kFruit, "{import_path: 'fruit:app', name: fruit, route_prefix: /fruit}", "unchanged"},
      {kFruit, "{name: fruit, route_prefix: /f, import_path: 'fruit:app', args: {n: 1}}",
       "configured (args, route_prefix)"},
      {kFruit, "{name: fruit, import_path: 'fruit:app'}", "configured (route_prefix)"},
      {"fruit: {status: RUNNING, source: imperative}", "{name: fruit, import_path: 'fruit:app'}",
       "configured (a program deployed it before)"},
      {"fruit: {status: DELETING}", "{name: fruit, import_path: 'fruit:app'}", "created"},
      {"default: {status: RUNNING, deployed_app_config: {import_path: 'a:b'}}", "{import_path: 'a:b'}",
       "unchanged"},
  };
  for (const auto& row : rows) {
    INFO(row.config);
    const auto plan = PlanServe(Live(row.live), Parsed("{applications: [" + row.config + "]}"), false);
    const std::string text = Changes(plan);
    CHECK(text.substr(text.find(' ') + 1) == row.wanted + "\n");
    CHECK(plan->body["applications"].size() == 1);
  }
  // Serve writes the logging of the whole into each application that has none.
  const Json logs = Parsed("{logging_config: {log_level: DEBUG}, applications: [{import_path: 'a:b'}]}");
  const std::string kept =
      "default: {status: RUNNING, deployed_app_config: {import_path: 'a:b', logging_config: {log_level: "
      "DEBUG}}}";
  CHECK(Changes(PlanServe(Live(kept), logs, false)) == "application/default unchanged\n");
  CHECK(shared::DumpJson(PlanServe(Live(kept), logs, false)->body["applications"]) ==
        R"([{"import_path":"a:b"}])");
}

TEST_CASE("two applications have no route in common") {
  const struct {
    std::string live, config, wanted;
  } rows[] = {
      {kFruit, "{name: x, import_path: 'a:b', route_prefix: /fruit}",
       "\"x\" and \"fruit\": both have the route \"/fruit\""},
      {kRun, "{name: x, import_path: 'a:b', route_prefix: /run}",
       "\"x\" and \"run\": both have the route \"/run\""},
      {"d: {status: DEPLOYING, deployed_app_config: {name: d, import_path: 'a:b'}}",
       "{name: x, import_path: 'a:b'}", "\"x\" and \"d\": both have the route \"/\""},
      {kGone, "{name: x, import_path: 'a:b', route_prefix: /gone}", ""},
      {kFruit, "{name: fruit, import_path: 'a:b', route_prefix: /fruit}", ""},
      {"d: {status: RUNNING, deployed_app_config: {name: d, import_path: 'a:b', route_prefix: null}}",
       "{name: x, import_path: 'a:b', route_prefix: null}", ""},
  };
  for (const auto& row : rows) {
    INFO(row.config);
    const auto plan = PlanServe(Live(row.live), Parsed("{applications: [" + row.config + "]}"), false);
    CHECK((plan ? "" : plan.error().message) ==
          (row.wanted.empty() ? "" : "cannot deploy applications " + row.wanted));
    if (!plan) CHECK(plan.error().code == ErrorCode::kConflict);
  }
}

TEST_CASE("options: what Serve takes only at its start is said, and what it would set back is sent again") {
  const std::string options =
      ", proxy_location: EveryNode, http_options: {host: 0.0.0.0, port: 8000}, target_capacity: 50";
  const Json wanted = Parsed(
      "{proxy_location: HeadOnly, http_options: {host: 0.0.0.0, port: 9000, root_path: /x}, applications: "
      "[{import_path: 'a:b'}]}");
  const auto plan = PlanServe(Live("", options), wanted, false);
  REQUIRE(plan);
  CHECK(plan->notes ==
        std::vector<std::string>{
            "http_options.port stays 8000: Serve takes it only when it is started, and it runs",
            "http_options.root_path stays as it is: Serve takes it only when it is started, and it "
            "runs",
            "proxy_location stays \"EveryNode\": Serve takes it only when it is started, and it runs"});
  CHECK(plan->body["target_capacity"] == 50);
  CHECK(plan->body["http_options"]["port"] == 9000);
  CHECK(PlanServe(*ParseServeInstance(Parsed("{applications: {}}")), wanted, false)->notes.empty());
  CHECK_FALSE(PlanServe(Live("", options), wanted, true)->body.contains("target_capacity"));
  CHECK(PlanServe(Live("", options), Parsed("{target_capacity: 70, applications: [{import_path: 'a:b'}]}"),
                  false)
            ->body["target_capacity"] == 70);
}

TEST_CASE("values that the dashboard hides are not sent in the place of the real ones") {
  const std::string hidden =
      "h: {status: RUNNING, deployed_app_config: {name: h, route_prefix: /h, import_path: 'a:b', "
      "deployments: "
      "[{ray_actor_options: {runtime_env: {env_vars: {KEY: <redacted>}}}}]}}";
  const auto plan = PlanServe(Live(hidden), Parsed(kMath), false);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().code == ErrorCode::kConflict);
  CHECK(plan.error().message ==
        "cannot keep application \"h\": the dashboard hides values of its runtime_env, which would have to "
        "be sent "
        "again");
  CHECK(PlanServe(Live(hidden), Parsed(kMath), true));
  CHECK(PlanServeWithout(Live(hidden), {"h"}));
  CHECK_FALSE(PlanServeWithout(Live(hidden + "," + kFruit), {"fruit"}));
}

TEST_CASE("applications are left out, and the others stay") {
  const ServeInstance live = Live(kFruit + "," + kRun + "," + kGone, ", target_capacity: 50");
  const auto plan = PlanServeWithout(live, {"fruit"});
  CHECK(Changes(plan) == "application/fruit deleted\napplication/run stays as it is\n");
  CHECK(Body(plan) == R"({"applications":[],"target_capacity":50})");
  const struct {
    std::string name, message, hint;
    ErrorCode code;
  } rows[] = {
      {"math", "Serve has no application \"math\"", "It has fruit, run.", ErrorCode::kNotFound},
      {"fruits", "Serve has no application \"fruits\"", "Did you mean \"fruit\"?", ErrorCode::kNotFound},
      {"gone", "Serve has no application \"gone\"", "It has fruit, run.", ErrorCode::kNotFound},
      {"run", "cannot delete application \"run\": a program deployed it, and no config takes it away",
       "Have a program call serve.delete(\"run\"), or delete all by --all.", ErrorCode::kConflict},
  };
  for (const auto& row : rows) {
    const auto refused = PlanServeWithout(live, {row.name});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == row.message);
    CHECK(refused.error().hint == row.hint);
    CHECK(refused.error().code == row.code);
  }
  CHECK(PlanServeWithout(Live(""), {"x"}).error().hint == "It has none at all.");
}

TEST_CASE("changes are escaped") {
  CHECK(ListDeleted({{"a", ServeChangeKind::kCreated, ""},
                     {"b\x1b", ServeChangeKind::kDeleted, ""},
                     {"c", ServeChangeKind::kDeleted, "why\x1b"}}) ==
        "\n- application/b\\x1b\n- application/c (why\\x1b)");
  CHECK(RenderServeChanges({{"a\x1b", ServeChangeKind::kCreated, "\x1b"}}, " (dry run)") ==
        "application/a\\x1b created (\\x1b) (dry run)\n");
}
