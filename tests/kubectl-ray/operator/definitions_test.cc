#include "kubectl-ray/operator/definitions.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

TEST_CASE("this program carries the definitions of each release") {
  for (const OperatorRelease& release : OperatorReleases()) {
    INFO(release.version);
    const auto definitions = DefinitionsOf(release);
    REQUIRE(definitions);
    std::string names;
    for (const shared::Json& definition : *definitions) {
      names += shared::StringAt(definition, {"metadata", "name"}) + " ";
      CHECK(shared::StringAt(definition, {"kind"}) == "CustomResourceDefinition");
      CHECK(shared::DumpJson(definition).find("\"$\"") == std::string::npos);
    }
    CHECK(names == (release.version == "1.5.1"
                        ? "rayclusters.ray.io rayjobs.ray.io rayservices.ray.io "
                        : "rayclusters.ray.io raycronjobs.ray.io rayjobs.ray.io rayservices.ray.io "));
  }
  OperatorRelease unknown;
  unknown.version = "0.1";
  CHECK(!DefinitionsOf(unknown));
}

TEST_CASE("shared parts come back, and only from lines above") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"a":1})", R"({"a":1})"},
      {"[1,2]\n{\"x\":{\"$\":0},\"y\":[{\"$\":0}]}\n", R"({"x":[1,2],"y":[[1,2]]})"},
      {"[1]\n[{\"$\":0}]\n{\"x\":{\"$\":1}}", R"({"x":[[1]]})"},
      {R"({"x":{"$":0}})", ""},            // itself
      {"[1]\n{\"x\":{\"$\":1}}", ""},      // below
      {"[1]\n{\"x\":{\"$\":-1}}", ""},     //
      {"[1]\n{\"x\":{\"$\":\"0\"}}", ""},  // no number
      {"[1]\n{", ""},
      {"", ""},
  };
  for (const auto& [text, value] : rows) {
    INFO(text);
    const auto found = Unshare(text);
    CHECK((found ? shared::DumpJson(*found) : "") == value);
  }
}
