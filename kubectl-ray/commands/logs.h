// The flags of `logs`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kubectl-ray/commands/log_target.h"

namespace kubectl_ray {

struct LogsFlags {
  LogTarget target;
  std::string since;
  std::string grep;
  std::string component;
  std::optional<std::int64_t> tail;
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  bool no_prefix = false;

  bool operator==(const LogsFlags&) const = default;
};

}  // namespace kubectl_ray
