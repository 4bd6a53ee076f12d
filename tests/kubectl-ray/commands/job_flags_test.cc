#include "kubectl-ray/commands/job_flags.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace kubectl_ray;
using shared::Json;

namespace {

shared::Result<Json> RayJobOf(const RayJobFlags& flags, const char* image_variable) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams io{.in = in, .out = out, .err = err};
  GlobalOptions global;
  global.kubeconfig.ns = "team";
  shared::Interrupt interrupt;
  CommandContext context(
      global, io,
      [&](const std::string& name) {
        return name == "KUBECTL_RAY_IMAGE" && image_variable != nullptr
                   ? std::optional<std::string>(image_variable)
                   : std::nullopt;
      },
      interrupt);
  JobRequest request;
  request.submission_id = "raysubmit_1";
  request.entrypoint = "python a.py";
  return RayJobFromFlags(context, flags, Json(), request);
}

const Json& ContainerOf(const Json& group) {
  return shared::At(group, {"template", "spec", "containers"})[0];
}

}  // namespace

// The defaults are those of kubectl-plugin/pkg/cmd/job/job_submit.go (KubeRay 1.7), and of `create cluster`.
TEST_CASE("a RayJob of flags has the image, version and sizes of a cluster of flags") {
  struct Row {
    const char *image, *version, *variable, *expected;
  };
  const Row rows[] = {
      {"", "", nullptr, "rayproject/ray:2.60.0"},       {"", "2.49.1", nullptr, "rayproject/ray:2.49.1"},
      {"", "2.49.1", "", "rayproject/ray:2.49.1"},      {"", "2.49.1", "registry/ray:x", "registry/ray:x"},
      {"mine:1", "2.49.1", "registry/ray:x", "mine:1"},
  };
  for (const Row& row : rows) {
    INFO(row.expected);
    RayJobFlags flags;
    flags.name = "sample";
    flags.cluster.image = row.image;
    if (*row.version != '\0') flags.cluster.ray_version = row.version;
    const auto ray_job = RayJobOf(flags, row.variable);
    REQUIRE(ray_job);
    const Json& spec = shared::At(*ray_job, {"spec", "rayClusterSpec"});
    const Json& head = ContainerOf(shared::At(spec, {"headGroupSpec"}));
    const Json& worker = ContainerOf(shared::At(spec, {"workerGroupSpecs"})[0]);
    for (const Json& container : {head, worker}) {
      CHECK(container["image"] == row.expected);
      CHECK(container["resources"]["requests"] == Json{{"cpu", "2"}, {"memory", "4Gi"}});
      CHECK(!container.contains("command"));  // no agent, as the official plugin has it
    }
    CHECK(shared::StringAt(*ray_job, {"metadata", "namespace"}) == "team");
    CHECK(shared::StringAt(*ray_job, {"spec", "jobId"}) == "raysubmit_1");
  }
}

TEST_CASE("a RayJob of flags is judged as a cluster is") {
  RayJobFlags flags;
  flags.name = "sample";
  flags.cluster.head_node_selectors = {"no pair"};
  CHECK(!RayJobOf(flags, nullptr));
  flags.cluster.head_node_selectors.clear();
  flags.cluster.head.cpu = "two";
  CHECK(!RayJobOf(flags, nullptr));
}
