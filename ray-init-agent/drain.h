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
  kIdle,           // nothing ran here any more, and so the drained raylet has left the cluster
  kGone,           // the node has left the cluster for another reason: its raylet died
  kTimeout,        // the time is over, and work is left or the GCS away
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
// waits until it is idle or gone, at most `timeout`. Blocks. `client` may have been used before: a connection
// that it has open, else the address that it had one to, spares the first step a look-up. `say` gets what
// happens meanwhile.
//
// A GCS that fails to answer before it has accepted is asked again for five seconds, or a quarter of
// `timeout`; less where it was away before or nobody listens there. Once it has accepted, no failure of it
// matters: the drained node goes on without it.
//
// A drained raylet (Ray 2.9 and later) ends by itself the moment nothing runs on it, and only it knows that
// moment: what the GCS says of a living node is older, and of a draining one it no longer tells whether it is
// idle. So the raylet's own end is what is waited for.
DrainOutcome Drain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                   const std::function<void(std::string_view)>& say);

}  // namespace ray_init_agent
