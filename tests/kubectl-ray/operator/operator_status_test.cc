#include "kubectl-ray/operator/operator_status.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/operator/definitions.h"
#include "kubectl-ray/operator/manifests.h"
#include "tests/support/golden.h"

using namespace kubectl_ray;

namespace {

std::vector<Json> Definitions(const char* version) {
  auto definitions = *DefinitionsOf(**FindOperatorRelease(version));
  for (Json& definition : definitions) definition["status"]["storedVersions"] = {"v1"};
  return definitions;
}

OperatorFacts::Installed Installed(const char* version, const char* ns, const char* gates = nullptr,
                                   const char* watched = nullptr) {
  OperatorSetup setup;
  setup.release = *FindOperatorRelease(version);
  setup.ns = ns;
  if (gates != nullptr) setup.gates = gates;
  if (watched != nullptr) setup.watched = {watched};
  OperatorFacts::Installed installed;
  installed.deployment = OperatorObjects(setup)->back().object;
  installed.deployment["metadata"]["generation"] = 2;
  installed.deployment["status"] = {
      {"observedGeneration", 2}, {"replicas", 1}, {"updatedReplicas", 1}, {"availableReplicas", 1}};
  return installed;
}

std::string Shown(const OperatorFacts& facts) {
  const OperatorReport report = DiagnoseOperator(facts);
  return RenderOperatorStatus(report) + shared::DumpJson(OperatorStatusToJson(report), 2) + "\n\n";
}

}  // namespace

TEST_CASE("status of the operator and its definitions") {
  OperatorFacts facts;
  std::string text = "# nothing\n" + Shown(facts);
  facts.operators = {Installed("1.6.2", "ray")};
  facts.definitions = Definitions("1.6.2");
  text += "# well\n" + Shown(facts);
  facts.definitions = Definitions("1.5.1");
  facts.definitions[0]["status"]["storedVersions"] = {"v1alpha1", "v1"};
  facts.operators[0].errors.log = {"no \033[2J"};
  text += "# old definitions\n" + Shown(facts);
  facts.definitions = Definitions("1.6.2");
  facts.operators = {Installed("1.5.1", "ray", "RayCronJob=true"),
                     Installed("1.6.2", "team", nullptr, "team")};
  facts.operators[0].deployment["status"]["availableReplicas"] = 0;
  facts.operators[0].errors.pods = {"its container ends again and again"};
  text += "# two, the first too old\n" + Shown(facts);
  facts = {};
  facts.not_seen = {"not allowed to list customresourcedefinitions"};
  text += "# no rights\n" + Shown(facts);
  CheckGolden("operator/status.txt", text);
}

TEST_CASE("operators of different namespaces do not disturb each other") {
  OperatorFacts facts;
  facts.definitions = Definitions("1.6.2");
  facts.operators = {Installed("1.6.2", "a", nullptr, "a"), Installed("1.6.2", "b", nullptr, "b")};
  CHECK(DiagnoseOperator(facts).problems.empty());
  facts.operators[1] = Installed("1.6.2", "b", nullptr, "a");
  CHECK(DiagnoseOperator(facts).problems.size() == 1);
}

TEST_CASE("a later patch of a release has its definitions") {
  OperatorFacts facts;
  facts.definitions = Definitions("1.6.2");
  for (const auto& [tag, problems] :
       {std::pair("v1.6.0", 0), std::pair("1.6.7-rc.1", 0), std::pair("v1.7.0", 1), std::pair("v1.5.1", 1),
        std::pair("nightly", 0)}) {
    INFO(tag);
    facts.operators = {Installed("1.6.2", "ray")};
    facts.operators[0].deployment["spec"]["template"]["spec"]["containers"][0]["image"] =
        "quay.io/kuberay/operator:" + std::string(tag);
    CHECK(DiagnoseOperator(facts).problems.size() == static_cast<std::size_t>(problems));
  }
}
