#include "ray-init-agent/drain_end.h"

namespace ray_init_agent {

const char* DrainEndName(DrainEnd end) {
  switch (end) {
    case DrainEnd::kIdle:
      return "idle";
    case DrainEnd::kGone:
      return "gone";
    case DrainEnd::kTimeout:
      return "timeout";
    case DrainEnd::kNotRegistered:
      return "not registered";
    case DrainEnd::kRejected:
      return "rejected";
    case DrainEnd::kUnreachable:
      return "unreachable";
    case DrainEnd::kInterrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace ray_init_agent
