// Moving a worker's tasks and actors to other nodes before its pod ends.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "ray-init-agent/gcs_client.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

struct DrainOptions {
  std::string instance_id = {};  // RAY_CLOUD_INSTANCE_ID, which the GCS knows this node by
  std::string address = {};      // where there is none: the node's own address, if only one node has it
  std::chrono::milliseconds timeout = std::chrono::seconds(20);
};

enum class DrainEnd {
  kIdle,           // nothing runs here any more
  kGone,           // the node has left the cluster by itself, which a drained raylet does once it is idle
  kTimeout,        // work is left, and the time is over
  kNotRegistered,  // the GCS knows no such living node: there is nothing to move
  kRejected,       // the GCS does not want to drain this node
  kUnreachable,    // the GCS is away
  kInterrupted,
};

struct DrainOutcome {
  DrainEnd end = DrainEnd::kIdle;
  std::string message;  // for the log, lower case: "idle after 12s"
};

// Asks the GCS to drain this node (reason PREEMPTION, so that what runs is not taken to be at fault) and
// waits until it is idle or gone, at most `timeout`. Blocks. A GCS that does not answer at first is not
// waited for. `say` gets what happens meanwhile.
DrainOutcome Drain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                   const std::function<void(std::string_view)>& say);

}  // namespace ray_init_agent
