#include "kubectl-ray/kinds/container_resources.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Container(const char* resources) { return {{"resources", *shared::ParseJson(resources)}}; }

}  // namespace

TEST_CASE("GPUs and other accelerators are those that KubeRay counts") {
  for (const char* name :
       {"nvidia.com/gpu", "amd.com/gpu", "intel.com/gpu", "metax-tech.com/gpu", "vgpu", "gpu",
        "nvidia.com/mig-1g.5gb", "nvidia.com/mig-2g.20gb", "x.nvidia.com/mig-3g.40gb"}) {
    INFO(name);
    CHECK(IsGpuResource(name));
    CHECK(RayAcceleratorOf(name).empty());
  }
  for (const char* name :
       {"", "cpu", "nvidia.com/gpu.shared", "nvidia.com/gpumem", "gpu.intel.com/i915", "nvidia.com/mig-",
        "nvidia.com/mig-1g.5gb.me", "nvidia.com/mig-g.5gb", "nvidia.com/mig-1g.gb", "nvidia.com/mig-1g5gb",
        "amd.com/mig-1g.5gb", "huawei.com/Ascend910", "habana.ai/gaudi", "google.com/tpu"}) {
    INFO(name);
    CHECK(!IsGpuResource(name));
  }
  CHECK(RayAcceleratorOf("google.com/tpu") == "TPU");
  CHECK(RayAcceleratorOf("aws.amazon.com/neuroncore") == "neuron_cores");
  CHECK(RayAcceleratorOf("aws.amazon.com/neuron").empty());
}

TEST_CASE("a quantity may be a number, and a request goes before a limit") {
  struct Row {
    const char* resources;
    const char* cpu;
    const char* memory;
    const char* gpus;
    const char* devices;
  };
  const Row rows[] = {
      {R"({})", "0", "0", "0", "<none>"},
      {R"({"limits":{"cpu":2,"memory":1e9}})", "2", "1G", "0", "<none>"},
      {R"({"limits":{"cpu":0.5,"memory":"4Gi"}})", "500m", "4Gi", "0", "<none>"},
      {R"({"requests":{"cpu":"1"},"limits":{"cpu":4,"memory":1073741824}})", "1", "1073741824", "0",
       "<none>"},
      {R"({"limits":{"amd.com/gpu":4,"cpu":"two","memory":true}})", "0", "0", "4", "amd.com/gpu=4"},
      {R"({"limits":{"nvidia.com/mig-1g.5gb":"2","nvidia.com/gpu":1}})", "0", "0", "3",
       "nvidia.com/gpu=1,nvidia.com/mig-1g.5gb=2"},
      {R"({"requests":{"nvidia.com/gpu":1},"limits":{"nvidia.com/gpu":1}})", "0", "0", "1",
       "nvidia.com/gpu=1"},
      {R"({"limits":{"huawei.com/Ascend910":8,"google.com/tpu":0,"ephemeral-storage":"1Gi"}})", "0", "0", "0",
       "huawei.com/Ascend910=8"},
      {R"({"limits":5,"requests":["cpu"]})", "0", "0", "0", "<none>"},
  };
  for (const Row& row : rows) {
    INFO(row.resources);
    const Json container = Container(row.resources);
    CHECK(ResourceOf(container, "cpu").ToString() == row.cpu);
    CHECK(ResourceOf(container, "memory").ToString() == row.memory);
    CHECK(GpusOf(container).ToString() == row.gpus);
    CHECK(ToString(DevicesOf(container)) == row.devices);
  }
  CHECK(ResourceOf(Container(R"({"requests":{"cpu":1},"limits":{"cpu":2}})"), "limits", "cpu").value() == 2);
}

TEST_CASE("numbers become the text that a RayCluster takes") {
  Json pod = *shared::ParseJson(R"({"containers":[{"resources":{
      "limits":{"cpu":2,"memory":1e9,"a/b":0.5,"c":"1Gi","d":1e30},"requests":{"cpu":0.1}}}],
      "replicas":3,"limits":{"cpu":1},"resources":{"claims":[{"name":"x"}],"limits":7}})");
  const Json wanted = *shared::ParseJson(R"({"containers":[{"resources":{
      "limits":{"cpu":"2","memory":"1000000000","a/b":"0.5","c":"1Gi","d":"1e+30"},"requests":{"cpu":"0.1"}}}],
      "replicas":3,"limits":{"cpu":1},"resources":{"claims":[{"name":"x"}],"limits":7}})");
  WriteQuantitiesAsText(&pod);
  CHECK(pod == wanted);
}
