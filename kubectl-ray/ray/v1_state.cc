#include "kubectl-ray/ray/v1_state.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;

// AUTOSCALER_MAX_FAILURES_DISPLAYED
constexpr std::size_t kMaxFailures = 20;
constexpr std::size_t kMaxGroups = 1000, kMaxText = 200;
constexpr std::int64_t kMaxCount = 1'000'000'000;

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get_ref<const std::string&>().substr(0, kMaxText) : "";
}

// [ADDRESS, GROUP, ...]
std::string ItemOf(const Json& list, std::size_t place) {
  return list.is_array() && list.size() > place ? TextOf(list[place]) : "";
}

std::int64_t SecondsOf(const Json& value) {
  const double seconds = value.is_number() ? value.get<double>() : 0;
  return seconds > 0 && seconds < 1e11 ? static_cast<std::int64_t>(seconds) : 0;
}

// {"small": 2}
void ReadLaunches(const Json& launches, GcsAutoscaler* state) {
  if (!launches.is_object()) return;
  for (const auto& [group, count] : launches.items())
    if (count.is_number_integer() && count.get<std::int64_t>() > 0 && state->launches.size() < kMaxGroups)
      state->launches.push_back(
          {group.substr(0, kMaxText), std::min(count.get<std::int64_t>(), kMaxCount), 0, 0, ""});
}

// [["10.0.0.7", "small", "waiting-for-ssh"]]
void ReadPending(const Json& nodes, GcsAutoscaler* state) {
  if (!nodes.is_array()) return;
  for (const Json& node : nodes)
    if (std::string group = ItemOf(node, 1); !group.empty() && state->pending.size() < kMaxGroups)
      state->pending.push_back({std::move(group), ItemOf(node, 0), ItemOf(node, 2)});
}

// [["10.0.0.7", "small"]], the newest last, without times
void ReadFailedNodes(const Json& nodes, GcsAutoscaler* state) {
  if (!nodes.is_array()) return;
  for (std::size_t i = nodes.size(); i > 0 && state->failures.size() < kMaxFailures; --i) {
    std::string group = ItemOf(nodes[i - 1], 1);
    if (group.empty()) continue;
    const std::string address = ItemOf(nodes[i - 1], 0);
    state->failures.push_back(
        {std::move(group), 1, 0, 0, "NodeTerminated" + (address.empty() ? "" : " (ip: " + address + ")")});
  }
}

// {"small": {"node_type": "small", "is_available": false, "last_checked_timestamp": 1.5,
//            "unavailable_node_information": {"category": "RayClusterUpdateFailed", "description": "..."}}}
void ReadAvailability(const Json& groups, GcsAutoscaler* state) {
  if (!groups.is_object()) return;
  std::vector<GcsLaunch> refused;
  for (const auto& [group, record] : groups.items()) {
    const Json& available = At(record, {"is_available"});
    if (!available.is_boolean() || available.get<bool>() || refused.size() >= kMaxGroups) continue;
    const Json& why = At(record, {"unavailable_node_information"});
    std::string reason = TextOf(At(why, {"category"}));
    if (const std::string description = TextOf(At(why, {"description"})); !description.empty())
      reason += (reason.empty() ? "" : ": ") + description;
    const std::int64_t checked = SecondsOf(At(record, {"last_checked_timestamp"}));
    refused.push_back({group.substr(0, kMaxText), 1, 0, checked, std::move(reason)});
  }
  std::stable_sort(refused.begin(), refused.end(),
                   [](const GcsLaunch& a, const GcsLaunch& b) { return a.failed > b.failed; });
  if (refused.size() > kMaxFailures) refused.resize(kMaxFailures);
  state->failures.insert(state->failures.begin(), refused.begin(), refused.end());
  if (state->failures.size() > kMaxFailures) state->failures.resize(kMaxFailures);
}

}  // namespace

std::optional<GcsAutoscaler> ReadV1State(const Json& state) {
  const Json& report = At(state, {"autoscaler_report"});
  if (!report.is_object()) return std::nullopt;
  GcsAutoscaler read;
  ReadLaunches(At(report, {"pending_launches"}), &read);
  ReadPending(At(report, {"pending_nodes"}), &read);
  ReadFailedNodes(At(report, {"failed_nodes"}), &read);
  ReadAvailability(At(report, {"node_availability_summary", "node_availabilities"}), &read);
  return read;
}

}  // namespace kubectl_ray
