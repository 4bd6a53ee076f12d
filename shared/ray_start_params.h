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

// What the container may use; an empty member is not known or not limited.
struct RayContainerLimits {
  std::optional<std::int64_t> cpus = {};  // whole ones, rounded up
  std::optional<std::int64_t> memory_bytes = {};
  std::optional<std::int64_t> gpus = {};
  std::map<std::string, double> accelerators = {};  // Ray's names: "TPU", "neuron_cores"
};

// A JSON object whose values are strings, numbers, booleans, or (for resources) objects. kUsage otherwise,
// and where a key is given twice.
Result<RayStartParams> ParseRayStartParams(std::string_view json);

// Everything Ray would refuse, or would run into later, in the order of the keys: unknown keys, values of the
// wrong type, options of the other node type, values that contradict, ports used twice. Each with the key,
// the value and the fix; no value of a password is shown. Empty: nothing to complain about. Values that refer
// to variables are not looked into unless `variables` resolves them. The defaults of CompleteRayStartParams
// and of Ray itself count among the ports.
//
// With a `release` an option that another release has is an unknown one too. Without, whatever any release
// has is fine. A key that no release has is not complained about where `release` is none of the table's,
// 2.9 to 2.60: see UnknownRayStartParams().
std::vector<Error> CheckRayStartParams(const RayStartParams& params, RayNodeType node_type,
                                       const Variables& variables = nullptr,
                                       const std::optional<RayRelease>& release = std::nullopt);

// What CheckRayStartParams() lets pass unread, because `release` is older or newer than its table and may
// have options that the table lacks: a warning for each key, with the near name as its hint.
std::vector<Error> UnknownRayStartParams(const RayStartParams& params,
                                         const std::optional<RayRelease>& release);

// KubeRay's defaults where `params` says nothing. `address` is the GCS's host:port, used for a worker only.
RayStartParams CompleteRayStartParams(RayStartParams params, RayNodeType node_type, std::string_view address,
                                      const RayContainerLimits& limits);

// The arguments of `ray`, from "start" on: [--head], then --key or --key=value in the order of the keys,
// quoting removed and variables resolved. For params without a complaint of CheckRayStartParams; a value that
// cannot be read is kUsage. An option that no release has follows KubeRay's rule: "true" is a bare switch,
// "false" is left out, anything else is --key=value.
Result<std::vector<std::string>> RayStartArguments(const RayStartParams& params, RayNodeType node_type,
                                                   const Variables& variables);

// The other way: a command line as KubeRay makes it (`ray start --head --num-cpus=1 …`), read with
// SplitShellWords' rules. kUsage where it is not `ray start`, or names an option twice.
struct RayStartCommand {
  RayNodeType node_type = RayNodeType::kWorker;
  RayStartParams params;
};
Result<RayStartCommand> ParseRayStartCommand(std::string_view command_line, const Variables& variables);

}  // namespace shared
