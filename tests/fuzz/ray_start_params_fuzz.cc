// RAY_START_PARAMS: a JSON map whose values are quoted for a shell.
#include <cstdlib>

#include "shared/ray_start_params.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto params = shared::ParseRayStartParams(text);
  if (!params) return 0;
  const shared::Variables variables = [](const std::string& name) -> std::optional<std::string> {
    return name;
  };
  for (const auto node_type : {shared::RayNodeType::kHead, shared::RayNodeType::kWorker}) {
    (void)shared::CheckRayStartParams(*params, node_type, nullptr);
    const auto complete = shared::CompleteRayStartParams(*params, node_type, "gcs:6379", {.cpus = 1});
    for (std::string_view version : {"", "2.8.0", "2.44.1", "2.60.0", "3.0.0.dev0"}) {
      const auto release = shared::ParseRayRelease(version);
      (void)shared::UnknownRayStartParams(complete, release);
      const bool fine = shared::CheckRayStartParams(complete, node_type, variables, release).empty();
      // What has no complaint can be started.
      if (fine && !shared::RayStartArguments(complete, node_type, variables)) std::abort();
    }
  }
  return 0;
}
