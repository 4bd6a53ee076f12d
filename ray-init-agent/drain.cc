#include "ray-init-agent/drain.h"

#include <algorithm>

#include "shared/deadline.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using std::chrono::milliseconds;

constexpr milliseconds kFirstCallTimeout(700);  // the end of a pod must not wait for a GCS that is away
constexpr milliseconds kCallTimeout = std::chrono::seconds(2);
constexpr milliseconds kPollEvery(250);

const GcsNode* FindOwn(const std::vector<GcsNode>& nodes, const DrainOptions& options) {
  const GcsNode* found = nullptr;
  for (const GcsNode& node : nodes) {
    if (!node.alive || node.is_head) continue;
    if (!options.instance_id.empty() && !node.instance_id.empty()) {
      if (node.instance_id == options.instance_id) return &node;
      continue;
    }
    if (options.address.empty() || node.address != options.address) continue;
    if (found != nullptr) return nullptr;  // several nodes of one machine: better none than the wrong one
    found = &node;
  }
  return found;
}

std::string Cause(const GcsError& error) {
  return std::string(GcsFailureName(error.failure)) + ": " + error.message;
}

DrainOutcome Unreachable(const GcsError& error) {
  if (error.failure == GcsFailure::kInterrupted) return {DrainEnd::kInterrupted, "stopped"};
  return {DrainEnd::kUnreachable, "the gcs is away (" + Cause(error) + ")"};
}

std::int64_t EpochMs(milliseconds from_now) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now + from_now).count();
}

DrainOutcome WaitUntilIdle(GcsClient* client, const std::string& node_id, const DrainOptions& options,
                           const Deadline& deadline, const shared::Interrupt& interrupt) {
  const auto begin = Deadline::Clock::now();
  while (true) {
    const bool stopped = interrupt.WaitFor(deadline.Remaining(kPollEvery));
    const auto took = std::chrono::duration_cast<milliseconds>(Deadline::Clock::now() - begin);
    if (stopped) return {DrainEnd::kInterrupted, "stopped after " + shared::FormatDuration(took)};
    if (deadline.passed())
      return {DrainEnd::kTimeout, "work is left after " + shared::FormatDuration(options.timeout)};
    const auto reply = client->GetNode(node_id, std::max(milliseconds(1), deadline.Remaining(kCallTimeout)));
    if (!reply) {
      if (!deadline.passed() && reply.error().failure != GcsFailure::kNoAnswer)
        return Unreachable(reply.error());
      continue;
    }
    const auto own = std::find_if(reply->nodes.begin(), reply->nodes.end(),
                                  [&](const GcsNode& node) { return node.node_id == node_id; });
    if (own != reply->nodes.end() && own->alive) continue;
    if (own != reply->nodes.end() && own->drained)
      return {DrainEnd::kIdle, "idle after " + shared::FormatDuration(took)};
    const std::string death =
        own == reply->nodes.end() ? "" : shared::EscapeControl(own->death.substr(0, 200));
    return {DrainEnd::kGone, "the node has left the cluster after " + shared::FormatDuration(took) +
                                 (death.empty() ? "" : ": " + death)};
  }
}

}  // namespace

DrainOutcome Drain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                   const std::function<void(std::string_view)>& say) {
  const Deadline deadline = Deadline::After(options.timeout);
  const auto nodes = client->GetAliveNodes(std::min(kFirstCallTimeout, options.timeout));
  if (!nodes) return Unreachable(nodes.error());
  const GcsNode* own = FindOwn(nodes->nodes, options);
  if (own == nullptr) return {DrainEnd::kNotRegistered, "the gcs knows no such node"};
  const DrainNodeRequest request{own->node_id, "the pod is being deleted", EpochMs(options.timeout)};
  const auto reply = client->DrainNode(request, std::max(milliseconds(1), deadline.Remaining(kCallTimeout)));
  if (!reply) return Unreachable(reply.error());
  if (!reply->accepted) return {DrainEnd::kRejected, "the gcs does not want it: " + reply->rejection_reason};
  say("draining: the gcs moves this node's work away, for " + shared::FormatDuration(options.timeout) +
      " at most");
  return WaitUntilIdle(client, own->node_id, options, deadline, interrupt);
}

}  // namespace ray_init_agent
