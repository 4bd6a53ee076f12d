#include "ray-init-agent/drain.h"

#include <algorithm>
#include <optional>

#include "shared/deadline.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using std::chrono::milliseconds;

// The end of a pod must not wait for a GCS that is away. A GCS that answers may be busy, for instance when a
// whole group of workers is scaled down.
constexpr milliseconds kPatience = std::chrono::seconds(5), kPatienceIfAway(700);
constexpr int kPatienceShare = 4;  // at most this part of the drain's time
constexpr milliseconds kCallTimeout = std::chrono::seconds(2);
constexpr milliseconds kPollEvery(250);
constexpr const char* kNoSuchNode =
    "the gcs has no living node of this pod: ray has not registered yet, or was stopped before SIGTERM came, "
    "as by a preStop hook with ray stop";

const GcsNode* PickOwn(const std::vector<GcsNode>& nodes, const DrainOptions& options) {
  const GcsNode* found = nullptr;
  for (const GcsNode& node : nodes) {
    if (!node.alive || node.is_head) continue;
    if (!options.instance_id.empty() && !node.instance_id.empty()) {
      if (node.instance_id == options.instance_id) return &node;
      continue;
    }
    if (options.address.empty() || node.address != options.address) continue;
    if (found != nullptr) return nullptr;  // several nodes have this address: better none than the wrong one
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

// Calls until there is an answer or `until` has passed: if a connection breaks, or a proxy or a GCS starts
// again, that ends a call and not the drain. If nobody listens any more, it gives up sooner.
template <typename Call>
auto Persist(const Deadline& until, const shared::Interrupt& interrupt, Call call)
    -> decltype(call(milliseconds())) {
  const Deadline soon = Deadline::After(kPatienceIfAway);
  while (true) {
    auto reply = call(std::max(milliseconds(1), until.Remaining(kCallTimeout)));
    if (reply) return reply;
    const GcsFailure failure = reply.error().failure;
    const bool is_gone = failure == GcsFailure::kRefused || failure == GcsFailure::kName;
    if (failure == GcsFailure::kInterrupted || until.passed() || (is_gone && soon.passed())) return reply;
    interrupt.WaitFor(until.Remaining(kPollEvery));
  }
}

// Returns this node from the GCS, or a node without a name if the GCS knows none. In a large cluster many
// nodes ask at once, and the list of all nodes is a large answer: it is asked for only if no node has the
// address that we take for ours.
shared::Result<GcsNode, GcsError> FindOwn(GcsClient* client, const DrainOptions& options,
                                          milliseconds timeout) {
  if (!options.address.empty()) {
    const auto at_address = client->GetNodesAt(options.address, timeout);
    if (!at_address) return shared::Unexpected(at_address.error());
    if (const GcsNode* own = PickOwn(at_address->nodes, options)) return *own;
  }
  const auto all = client->GetAliveNodes(timeout);
  if (!all) return shared::Unexpected(all.error());
  const GcsNode* own = PickOwn(all->nodes, options);
  return own == nullptr ? GcsNode{} : *own;
}

// Returns why the node has left the cluster; nothing if it has not.
std::optional<DrainOutcome> AsItLeft(const GetAllNodeInfoReply& reply, const std::string& node_id,
                                     milliseconds took) {
  const auto own = std::find_if(reply.nodes.begin(), reply.nodes.end(),
                                [&](const GcsNode& node) { return node.node_id == node_id; });
  const bool is_known = own != reply.nodes.end();
  if (is_known && own->alive) return std::nullopt;
  if (is_known && own->drained)
    return DrainOutcome{DrainEnd::kIdle, "idle after " + shared::FormatDuration(took)};
  const std::string death = is_known ? shared::EscapeControl(own->death.substr(0, 200)) : "";
  return DrainOutcome{DrainEnd::kGone, "the node has left the cluster after " + shared::FormatDuration(took) +
                                           (death.empty() ? "" : ": " + death)};
}

DrainOutcome WaitUntilIdle(GcsClient* client, const std::string& node_id, const DrainOptions& options,
                           const Deadline& deadline, const shared::Interrupt& interrupt) {
  const auto begin = Deadline::Clock::now();
  std::optional<GcsError> away;
  while (true) {
    const bool stopped = interrupt.WaitFor(deadline.Remaining(kPollEvery));
    const auto took = std::chrono::duration_cast<milliseconds>(Deadline::Clock::now() - begin);
    if (stopped) return {DrainEnd::kInterrupted, "stopped after " + shared::FormatDuration(took)};
    if (deadline.passed())
      return {DrainEnd::kTimeout,
              (away ? "the gcs is away (" + Cause(*away) + ")" : std::string("work is left")) + " after " +
                  shared::FormatDuration(options.timeout)};
    const auto reply = client->GetNode(node_id, std::max(milliseconds(1), deadline.Remaining(kCallTimeout)));
    if (reply) {
      away.reset();
      if (auto outcome = AsItLeft(*reply, node_id, took)) return *std::move(outcome);
    } else if (!deadline.passed()) {  // a call that the deadline cut short proves nothing
      away = reply.error();
    }
  }
}

DrainOutcome TryToDrain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                        const std::function<void(std::string_view)>& say) {
  const Deadline deadline = Deadline::After(options.timeout);
  client->KeepAddress();
  const milliseconds patience =
      client->is_away() ? kPatienceIfAway
                        : std::clamp(options.timeout / kPatienceShare, kPatienceIfAway, kPatience);
  const Deadline begun = deadline.Min(Deadline::After(patience));
  const auto own =
      Persist(begun, interrupt, [&](milliseconds timeout) { return FindOwn(client, options, timeout); });
  if (!own) return Unreachable(own.error());
  if (own->node_id.empty()) return {DrainEnd::kNotRegistered, kNoSuchNode};
  const DrainNodeRequest request{own->node_id, "the pod is being deleted", EpochMs(deadline.Remaining())};
  const auto reply =
      Persist(begun, interrupt, [&](milliseconds timeout) { return client->DrainNode(request, timeout); });
  if (!reply) return Unreachable(reply.error());
  if (!reply->accepted) return {DrainEnd::kRejected, "the gcs does not want it: " + reply->rejection_reason};
  options.counters->drain.accepted.Add();
  say("draining: the gcs moves this node's work away, for " + shared::FormatDuration(options.timeout) +
      " at most");
  return WaitUntilIdle(client, own->node_id, options, deadline, interrupt);
}

}  // namespace

DrainOutcome Drain(GcsClient* client, const DrainOptions& options, const shared::Interrupt& interrupt,
                   const std::function<void(std::string_view)>& say) {
  Counters::Drain& counted = options.counters->drain;
  counted.asked.Add();
  counted.time.Start(Deadline::Clock::now());
  DrainOutcome outcome = TryToDrain(client, options, interrupt, say);
  counted.time.Stop(Deadline::Clock::now());
  counted.ends[outcome.end].Add();
  return outcome;
}

}  // namespace ray_init_agent
