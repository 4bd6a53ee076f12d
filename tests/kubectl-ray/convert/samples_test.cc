// Every file of tests/testdata/legacy, converted whole: the objects and the report.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/without_operator.h"
#include "kubectl-ray/formats/yaml.h"
#include "tests/support/golden.h"

namespace {

using kubectl_ray::Convert;
using kubectl_ray::Converted;
using kubectl_ray::ConvertOptions;

constexpr const char* kSamples[] = {
    "helm/values-1.9.2",
    "launcher/defaults-1.9.2",
    "launcher/example-full-2021-02",
    "launcher/example-full-legacy-2021-02",
    "launcher/example-minimal-2021-02",
    "microsoft/config-map-ray-code",
    "microsoft/ray-cluster.heterogeneous",
    "microsoft/ray-cluster.mini",
    "pod-types/example-cluster-2021-02",
    "pod-types/job-example-2021-02",
    "static/ray-cluster-1.1.0",
    "static/ray-cluster-2021-02",
    "v1alpha1/kuberay-0.3-autoscaler",
    "v1alpha1/kuberay-0.3-complete",
    "v1alpha1/kuberay-0.6-rayjob",
    "v1alpha1/ray-1.12.1-complete",
};

std::string Read(const std::string& sample) {
  std::ifstream file(std::string(TESTDATA) + "/legacy/" + sample + ".yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Yaml(const Converted& converted) {
  std::string text;
  for (const kubectl_ray::Tree& object : converted.objects)
    text += (text.empty() ? "" : "---\n") + object.ToYaml();
  return text;
}

std::string Report(const Converted& converted) {
  std::string text;
  for (const kubectl_ray::Note& note : converted.notes) text += FormatNote(note);
  return text;
}

}  // namespace

TEST_CASE("each sample of an old format becomes today's objects, with a report", "[convert]") {
  for (const std::string sample : kSamples) {
    INFO(sample);
    const auto converted = Convert(sample + ".yaml", Read(sample), {});
    REQUIRE(converted);
    CheckGolden("convert/" + sample + ".yaml", Yaml(*converted));
    CheckGolden("convert/" + sample + ".notes", Report(*converted));
  }
}

TEST_CASE("what is written reads back as what is meant, for each sample", "[convert]") {
  for (const std::string sample : kSamples) {
    INFO(sample);
    const auto converted = Convert(sample + ".yaml", Read(sample), {});
    REQUIRE(converted);
    for (const kubectl_ray::Tree& object : converted->objects) {
      const auto read = kubectl_ray::ParseYaml(sample, object.ToYaml());
      REQUIRE(read);
      CHECK(*read == object.ToJson());
    }
  }
}

TEST_CASE("a converted file is of no old format: converting it again changes nothing", "[convert]") {
  for (const std::string sample : kSamples) {
    INFO(sample);
    const auto once = Convert(sample + ".yaml", Read(sample), {});
    REQUIRE(once);
    const auto twice = Convert(sample + ".yaml", Yaml(*once), {});
    REQUIRE(twice);
    CHECK(Yaml(*twice) == Yaml(*once));
    CHECK(twice->notes.empty());
  }
}

TEST_CASE("each sample's cluster becomes Deployments", "[convert]") {
  for (const std::string sample : kSamples) {
    INFO(sample);
    auto converted = Convert(sample + ".yaml", Read(sample), {});
    REQUIRE(converted);
    REQUIRE(kubectl_ray::ReplaceByDeployments(sample + ".yaml", "default", &*converted));
    for (const kubectl_ray::Tree& object : converted->objects)
      CHECK(object.StringAt({"kind"}) != "RayCluster");
  }
  auto converted = Convert("x.yaml", Read("launcher/example-full-2021-02"), {});
  REQUIRE(kubectl_ray::ReplaceByDeployments("x.yaml", "default", &*converted));
  CheckGolden("convert/without-operator.yaml", Yaml(*converted));
  CheckGolden("convert/without-operator.notes", Report(*converted));
}
