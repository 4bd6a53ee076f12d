#include "kubectl-ray/kinds/stop_hook.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Group(Json command) {
  return {
      {"groupName", "cpu"},
      {"template",
       {{"spec",
         {{"containers",
           Json::array({{{"name", "side"}},
                        {{"name", "ray"},
                         {"lifecycle", {{"preStop", {{"exec", {{"command", std::move(command)}}}}}}}}})}}}}}};
}

}  // namespace

TEST_CASE("a preStop hook that runs ray stop is found however it is written") {
  for (const Json& command :
       {Json{"ray", "stop"}, Json{"/bin/sh", "-c", "ray stop"}, Json{"/bin/sh", "-c", "sleep 5; ray stop -f"},
        Json{"/opt/bin/ray", "stop", "--force"}, Json{"bash", "-lc", "(ray stop)"}}) {
    INFO(command.dump());
    CHECK(StopHooks({{"headGroupSpec", Group(command)}}) ==
          std::vector<std::string>{
              "the preStop hook of container \"ray\" of the head runs `ray stop`, which ends "
              "Ray before its pod can be drained: take it out"});
    CHECK(StopHooks({{"workerGroupSpecs", Json::array({Group(command)})}})
              .at(0)
              .find("of worker group \"cpu\" runs") != std::string::npos);
  }
}

TEST_CASE("other hooks, and what is no hook, are left alone") {
  for (const Json& command : {Json(), Json::array(), Json("ray stop"), Json{"ray", "status"},
                              Json{"xray", "stop"}, Json{"ray", "stopwatch"}, Json{"ray", 5, "stop-all"},
                              Json{"sh", "-c", "ray-init-agent stop"}, Json{"sh", "-c", "array stop"}}) {
    INFO(command.dump());
    CHECK(StopHooks({{"headGroupSpec", Group(command)}}).empty());
  }
  for (const char* spec :
       {"null", "{}", "[]", R"({"workerGroupSpecs":5})", R"({"headGroupSpec":{"template":[]}})"})
    CHECK(StopHooks(*shared::ParseJson(spec)).empty());
}
