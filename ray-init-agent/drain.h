// Moves a worker's tasks and actors to other nodes before its pod ends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "ray-init-agent/counters.h"
#include "ray-init-agent/drain_end.h"
#include "ray-init-agent/gcs_client.h"
#include "shared/interrupt.h"

namespace ray_init_agent {

struct DrainOptions {
  std::string instance_id = {};  // RAY_CLOUD_INSTANCE_ID, by which the GCS knows this node
  std::string address = {};      // without an instance_id: the node's address, if only one node has it
  std::chrono::milliseconds timeout = std::chrono::seconds(20);
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

struct DrainOutcome {
  DrainEnd end = DrainEnd::kIdle;
  std::string message;  // for the log, lower case: "idle after 12s"
};

// Asks the GCS to drain this node, with reason PREEMPTION, so that Ray does not blame the tasks that are
// moved. Then waits until the node is idle or gone, for at most `options.timeout`, or until `interrupt` is
// raised. Blocks. `client` may have been used before: its open connection, or else the address of its last
// one, spares the first step a look-up. `say` is called on this thread with each step that the log should
// show.
//
// A GCS that does not answer before it has accepted is asked again for five seconds, or for a quarter of
// `timeout` if that is less; for 0.7 s if it was away before or nobody listens there. Once it has accepted,
// no failure of the GCS matters, because the drained node continues without it.
//
// A drained raylet (Ray 2.9 and later) ends by itself at the moment when nothing runs on it, and only the
// raylet knows that moment: what the GCS knows of a living node is older, and of a draining node it does not
// report whether it is idle. So this function waits for the raylet's own end.
DrainOutcome Drain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                   const std::function<void(std::string_view)>& say);

}  // namespace ray_init_agent
