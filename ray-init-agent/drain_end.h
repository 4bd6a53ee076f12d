// How a drain ended.
#pragma once

namespace ray_init_agent {

enum class DrainEnd {
  kIdle,           // nothing runs here any more: the drained raylet has left the cluster
  kGone,           // the node has left the cluster for another reason: its raylet has died
  kTimeout,        // the time is over, and work is left or the GCS is away
  kNotRegistered,  // the GCS knows no such living node: there is nothing to move
  kRejected,       // the GCS refuses to drain this node
  kUnreachable,    // the GCS is away, and has not accepted the drain
  kInterrupted,
};

// "idle", "gone", "timeout", "not registered", "rejected", "unreachable", "interrupted".
const char* DrainEndName(DrainEnd end);

}  // namespace ray_init_agent
