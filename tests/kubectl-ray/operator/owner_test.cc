#include "kubectl-ray/operator/owner.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

std::string Managed(const std::string& manager, const std::string& operation = "Update",
                    const std::string& subresource = "") {
  return R"({"manager": ")" + manager + R"(", "operation": ")" + operation + R"(", "subresource": ")" +
         subresource + R"("})";
}

}  // namespace

TEST_CASE(
    "an object's owner is read from its marks, ours first, then labels and annotations, then managers") {
  const std::string helm =
      R"("annotations": {"meta.helm.sh/release-name": "ray", "meta.helm.sh/release-namespace": "ops"})";
  const std::pair<std::string, Owner> rows[] = {
      {"{}", {}},
      {"{" + helm + "}", {OwnerKind::kHelm, "ray", "ops"}},
      {"{" + helm + R"(, "managedFields": [)" + Managed("helm") + "]}", {OwnerKind::kHelm, "ray", "ops"}},
      {"{" + helm + R"(, "managedFields": [)" + Managed("helm") + "," + Managed("kubectl-ray", "Apply") +
           "]}",
       {OwnerKind::kUs}},
      {R"({"managedFields": [)" + Managed("kubectl-ray", "Update") + "]}", {OwnerKind::kKubectl}},
      {R"({"annotations": {"argocd.argoproj.io/tracking-id": "ray:apps/Deployment:x/y"}})",
       {OwnerKind::kArgoCd, "ray"}},
      {R"({"labels": {"argocd.argoproj.io/instance": "ray"}})", {OwnerKind::kArgoCd, "ray"}},
      {R"({"labels": {"kustomize.toolkit.fluxcd.io/name": "infra"}})", {OwnerKind::kFlux, "infra"}},
      {R"({"labels": {"olm.owner": "kuberay.v1"}})", {OwnerKind::kOlm, "kuberay.v1"}},
      {R"({"managedFields": [)" + Managed("kubectl-client-side-apply") + "]}", {OwnerKind::kKubectl}},
      {R"({"managedFields": [)" + Managed("kube-controller-manager") + "]}", {}},
      {R"({"managedFields": [)" + Managed("kubectl", "Update", "status") + "]}", {}},
      {R"({"managedFields": [)" + Managed("terraform", "Apply") + "]}", {OwnerKind::kOther, "terraform"}},
      {R"({"managedFields": "text", "labels": [], "annotations": 7})", {}},
  };
  for (const auto& [metadata, owner] : rows) {
    INFO(metadata);
    const auto object = shared::ParseJson(R"({"metadata": )" + metadata + "}");
    REQUIRE(object);
    CHECK(OwnerOf(*object) == owner);
  }
}

TEST_CASE("an owner is named as its tool calls it") {
  CHECK(Owner{OwnerKind::kHelm, "ray", "ops"}.ToText() == "Helm's release \"ray\"");
  CHECK(Owner{OwnerKind::kHelm}.ToText() == "Helm");
  CHECK(Owner{OwnerKind::kArgoCd, "ray"}.ToText() == "Argo CD's application \"ray\"");
  CHECK(Owner{OwnerKind::kOther, "terraform"}.ToText() == "the field manager \"terraform\"");
  CHECK(Owner{OwnerKind::kUs}.is_ours());
  CHECK(Owner{}.is_ours());
  CHECK(!Owner{OwnerKind::kKubectl}.is_ours());
}
