#include "kubectl-ray/operator/preflight.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/operator/definitions.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

PreflightInput To(const char* version, const char* args = "[]") {
  PreflightInput input;
  input.target = *FindOperatorRelease(version);
  input.definitions = *DefinitionsOf(*input.target);
  input.deployment["spec"]["template"]["spec"]["containers"] =
      Json::array({{{"name", "kuberay-operator"}, {"args", *shared::ParseJson(args)}}});
  return input;
}

std::string Text(const PreflightInput& input) {
  std::string text;
  for (const PreflightFinding& finding : Preflight(input))
    text += (finding.fatal ? "fatal: " : "") + finding.text + "\n";
  return text;
}

Json Object(const char* kind, const char* spec) {
  Json object = {{"kind", kind}, {"metadata", {{"namespace", "ns"}, {"name", "demo"}}}};
  object["spec"] = *shared::ParseJson(spec);
  return object;
}

}  // namespace

TEST_CASE("gates that the target does not know are fatal, with those that it does as the way out") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"1.6.2", R"(["--feature-gates=RayCronJob=true"])", ""},
      {"1.6.2", R"(["--feature-gates=AllAlpha=true"])", ""},
      {"1.6.2", "[]", ""},
      {"1.5.1", R"(["--feature-gates=RayCronJob=true,RayJobDeletionPolicy=true"])",
       "`--feature-gates RayJobDeletionPolicy=true`"},
      {"1.5.1", R"(["-feature-gates", "RayCronJob=true"])",
       "`--feature-gates RayClusterStatusConditions=true`"},
  };
  for (const auto& [version, args, way_out] : rows) {
    INFO(args);
    const auto findings = Preflight(To(version, args));
    CHECK(findings.size() == (*way_out == '\0' ? 0 : 1));
    if (findings.empty()) continue;
    CHECK(findings[0].fatal);
    CHECK(findings[0].text.find("RayCronJob") != std::string::npos);
    CHECK(findings[0].way_out.find(way_out) != std::string::npos);
  }
}

TEST_CASE("stored versions: v1alpha1 is a warning while it is served, fatal after that") {
  PreflightInput input = To("1.6.2");
  Json live = input.definitions[0];
  live["status"]["storedVersions"] = {"v1alpha1", "v1"};
  input.live_definitions = {live};
  CHECK(Text(input) == "rayclusters.ray.io has objects that are stored as v1alpha1\n");
  input.definitions[0]["spec"]["versions"].erase(1);
  CHECK(Text(input) == "fatal: rayclusters.ray.io has objects that are stored as v1alpha1\n");
  input.replaces_definitions = false;
  CHECK(Text(input).empty());
}

TEST_CASE("objects: what is lost, what is written, what may hang, what was not seen") {
  PreflightInput input = To("1.5.1");
  AddToPreflight(Object("RayCluster", R"({"rayVersion": "2.30.0", "upgradeStrategy": {"type": "Recreate"}})"),
                 &input);
  AddToPreflight(Object("RayCluster", R"({"rayVersion": "2.52.0"})"), &input);
  AddToPreflight(Object("RayService", "{}"), &input);
  AddToPreflight(Object("Pod", R"({"x": 1})"), &input);
  input.not_seen = {"rayjobs: refused"};
  CHECK(Text(input) ==
        "KubeRay 1.5.1 does not know RayCluster's spec.upgradeStrategy, which is lost at the next write of "
        "ns/demo\n"
        "the new operator writes the specification of RayServices into their clusters, numbers of replicas "
        "included: "
        "ns/demo\n"
        "not looked at: rayjobs: refused\n"
        "new pods of Ray 2.30.0 may hang under KubeRay's probes: ns/demo\n");
  input.deployment["spec"]["template"]["spec"]["containers"][0]["env"] =
      Json::array({{{"name", "ENABLE_PROBES_INJECTION"}, {"value", "false"}}});
  CHECK(Text(input).find("hang") == std::string::npos);
}

TEST_CASE("Ray's releases that hang: the first and the last") {
  for (const auto& [version, hangs] :
       {std::pair("2.10.9", false), std::pair("2.11.0", true), std::pair("2.37.0", true),
        std::pair("2.38.0", false), std::pair("nightly", false), std::pair("", false)}) {
    INFO(version);
    PreflightInput input = To("1.6.2");
    input.ray_versions[version] = {"ns/demo"};
    CHECK(Preflight(input).size() == (hangs ? 1 : 0));
  }
}
