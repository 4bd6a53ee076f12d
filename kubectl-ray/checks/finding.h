// What a check of `doctor` finds.
#pragma once

#include <string>
#include <vector>

namespace kubectl_ray {

// From best to worst.
enum class Level {
  kOk,
  kHidden,  // nobody knows: the user may not look, or the server did not answer
  kWarn,    // works, or may work, but will surprise
  kFail,    // does not work as it is
};

// "ok", "hidden", "warn" or "fail".
inline const char* LevelName(Level level) {
  constexpr const char* kNames[] = {"ok", "hidden", "warn", "fail"};
  return kNames[static_cast<int>(level)];
}

struct Finding {
  Level level = Level::kOk;
  // A clause in lower case without a full stop that quotes what was seen: the object, its field, the number.
  // It has words of servers and files, which are not yet escaped for a terminal.
  std::string evidence;
  std::string way_out = {};  // a sentence, if possible with a command; empty with kOk
  // The field of the RayCluster that it is about, if there is one: "spec.headGroupSpec.rayStartParams.port".
  std::string field = {};

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

}  // namespace kubectl_ray
