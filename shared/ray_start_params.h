// rayStartParams: the options of `ray start` as KubeRay's users write them, checked against Ray's own table.
// Sources: Ray 2.9 to 2.60 (scripts/scripts.py; _private/parameter.py, resource_and_label_spec.py and
// utils.py of 2.9.3, 2.44.1, 2.45.0, 2.52.0 and 2.60.0), KubeRay 1.7 (controllers/ray/common/pod.go).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/ray_release.h"
#include "shared/result.h"
#include "shared/shell_words.h"

namespace shared {

enum class RayNodeType { kHead, kWorker };

// Key → value as in a RayCluster: values may be quoted for a shell and may refer to variables ($NAME),
// because KubeRay puts them into a command line for bash.
using RayStartParams = std::map<std::string, std::string>;

// What the container may use; an empty member is unknown or unlimited.
struct RayContainerLimits {
  std::optional<std::int64_t> cpus = {};  // whole CPUs, rounded up
  std::optional<std::int64_t> memory_bytes = {};
  std::optional<std::int64_t> gpus = {};
};

// Parses a JSON object whose values are strings, numbers, booleans, or (for resources) objects. Fails with
// kUsage otherwise, and if a key is given twice.
Result<RayStartParams> ParseRayStartParams(std::string_view json);

// Returns everything that Ray would refuse, or would fail of later, in the order of the keys: unknown keys,
// values of the wrong type, options of the other node type, values that contradict each other, ports that are
// used twice. Each error names the key, the value and the fix; no value of a password is shown. Values that
// refer to variables are checked only if `variables` resolves them. The defaults of CompleteRayStartParams
// and of Ray itself count among the ports.
//
// With a `release`, an option that only another release has is unknown. Without one, an option of any release
// is fine. If `release` is outside of the table (2.9 to 2.60), a key that no release has is not complained
// about: see UnknownRayStartParams().
std::vector<Error> CheckRayStartParams(const RayStartParams& params, RayNodeType node_type,
                                       const Variables& variables = nullptr,
                                       const std::optional<RayRelease>& release = std::nullopt);

// Returns a warning for each key that CheckRayStartParams() does not check, because `release` is older or
// newer than its table and may have options that the table lacks. The hint is the near name.
std::vector<Error> UnknownRayStartParams(const RayStartParams& params,
                                         const std::optional<RayRelease>& release);

// Adds KubeRay's defaults for keys that `params` does not have. `address` is the GCS's host:port, used for a
// worker only.
RayStartParams CompleteRayStartParams(RayStartParams params, RayNodeType node_type, std::string_view address,
                                      const RayContainerLimits& limits);

// Returns `resources` of `params` with an accelerator, by Ray's name ("TPU", "neuron_cores"), quoted for a
// shell; nothing if they have an accelerator, or cannot be read (KubeRay's rule).
std::optional<std::string> WithAccelerator(const RayStartParams& params, const std::string& name,
                                           std::int64_t count);

// Returns the arguments of `ray`, from "start" on: [--head], then --key or --key=value in the order of the
// keys, with quoting removed and variables resolved. `params` are without a complaint of
// CheckRayStartParams(); a value that cannot be read is kUsage. An option that no release has follows
// KubeRay's rule: "true" is a bare switch, "false" is left out, anything else is --key=value.
Result<std::vector<std::string>> RayStartArguments(const RayStartParams& params, RayNodeType node_type,
                                                   const Variables& variables);

// Parses a command line as KubeRay makes it (`ray start --head --num-cpus=1 …`), with SplitShellWords' rules.
// Fails with kUsage if it is not `ray start`, or names an option twice.
struct RayStartCommand {
  RayNodeType node_type = RayNodeType::kWorker;
  RayStartParams params;
};
Result<RayStartCommand> ParseRayStartCommand(std::string_view command_line, const Variables& variables);

}  // namespace shared
