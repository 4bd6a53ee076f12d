#include "kubectl-ray/formats/image_tag.h"

#include <catch2/catch_test_macros.hpp>

// With a digest as the official plugin has it (kubectl-plugin/pkg/cmd/version/version.go of KubeRay 1.7).
TEST_CASE("the tag of an image comes after the last slash's colon") {
  const std::pair<const char*, const char*> rows[] = {
      {"rayproject/ray:2.52.0", "2.52.0"},
      {"registry:5000/ray:2.52.0", "2.52.0"},
      {"registry:5000/ray", "registry:5000/ray"},
      {"ray", "ray"},
      {"ray@sha256:ab", "ray@sha256:ab"},
      {"quay.io/kuberay/operator:v1.6.2@sha256:ab", "v1.6.2@sha256:ab"},
      {"", ""},
  };
  for (const auto& [image, tag] : rows) {
    INFO(image);
    CHECK(kubectl_ray::ImageTag(image) == tag);
  }
}
