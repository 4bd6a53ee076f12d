#include "kubectl-ray/ray/gcs_status.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

#include "shared/duration.h"
#include "shared/protobuf.h"

namespace kubectl_ray {
namespace {

using protozero::pbf_reader;
using shared::ForEachField;
using shared::IsBytes;
using shared::IsDouble;
using shared::IsVarint;

constexpr std::size_t kMaxText = 200, kMaxList = 20000, kMaxShape = 200, kMaxActivity = 10, kMaxLabels = 20;
constexpr std::int64_t kMaxCount = 1'000'000'000'000;
constexpr const char* kHeadResource = "node:__internal_head__";

enum class NodeStatus : std::int32_t { kDead = 2, kIdle = 3, kDraining = 4 };

bool Is(std::int32_t status, NodeStatus wanted) { return status == static_cast<std::int32_t>(wanted); }

std::string ReadText(pbf_reader* reader) {
  const auto view = reader->get_view();
  return std::string(view.data(), std::min(view.size(), kMaxText));
}

std::int64_t ReadCount(pbf_reader* reader) {
  return std::clamp<std::int64_t>(reader->get_int64(), 0, kMaxCount);
}

template <typename Item>
void Add(std::vector<Item>* list, Item item) {
  if (list->size() < kMaxList) list->push_back(std::move(item));
}

// An entry of map<string, double>. A value of 0 is left out there.
void ReadAmount(pbf_reader entry, ResourceShape* shape) {
  std::string name;
  double amount = 0;
  ForEachField(entry, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      name = ReadText(&reader);
    } else if (IsDouble(reader, 2)) {
      amount = reader.get_double();
    } else {
      return false;
    }
    return true;
  });
  if (std::isfinite(amount) && shape->size() < kMaxShape) (*shape)[std::move(name)] = amount;
}

// An entry of map<string, string>.
void ReadLabel(pbf_reader entry, NodeLabels* labels) {
  std::string key, value;
  ForEachField(entry, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      key = ReadText(&reader);
    } else if (IsBytes(reader, 2)) {
      value = ReadText(&reader);
    } else {
      return false;
    }
    return true;
  });
  if (labels->size() < kMaxShape) (*labels)[std::move(key)] = std::move(value);
}

LabelTerm ReadLabelConstraint(pbf_reader constraint) {
  LabelTerm term{"", LabelTerm::Is::kUnknown};
  ForEachField(constraint, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      term.key = ReadText(&reader);
    } else if (IsVarint(reader, 2)) {
      const std::int32_t rule = reader.get_enum();
      term.is = rule == 1 ? LabelTerm::Is::kIn : rule == 2 ? LabelTerm::Is::kNotIn : LabelTerm::Is::kUnknown;
    } else if (IsBytes(reader, 3)) {
      std::string value = ReadText(&reader);
      if (term.values.size() < kMaxLabels) term.values.push_back(std::move(value));
    } else {
      return false;
    }
    return true;
  });
  return term;
}

LabelTerms ReadLabelSelector(pbf_reader selector) {
  LabelTerms terms;
  ForEachField(selector, [&](pbf_reader& reader) {
    if (!IsBytes(reader, 1)) return false;
    LabelTerm term = ReadLabelConstraint(reader.get_message());
    if (terms.size() < kMaxLabels) terms.push_back(std::move(term));
    return true;
  });
  return terms;
}

// Its placement constraints only repeat a placement group's strategy.
ReportedBundle ReadResourceRequest(pbf_reader request) {
  ReportedBundle bundle;
  ForEachField(request, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      ReadAmount(reader.get_message(), &bundle.shape);
    } else if (IsBytes(reader, 3)) {
      LabelTerms terms = ReadLabelSelector(reader.get_message());
      if (bundle.labels.size() < kMaxLabels) bundle.labels.push_back(std::move(terms));
    } else {
      return false;
    }
    return true;
  });
  return bundle;
}

ReportedDemand ReadRequestByCount(pbf_reader request, ReportedDemand::By by) {
  ReportedDemand demand{by, {{ResourceShape(), 1}}};
  demand.count = 0;
  ForEachField(request, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      demand.bundles.front() = ReadResourceRequest(reader.get_message());
    } else if (IsVarint(reader, 2)) {
      demand.count = ReadCount(&reader);
    } else {
      return false;
    }
    return true;
  });
  return demand;
}

// "<id>:STRICT_PACK|PENDING"
std::string StrategyOf(const std::string& details) {
  const std::size_t colon = details.find(':');
  if (colon == details.npos) return "";
  return details.substr(colon + 1, details.find('|', colon) - colon - 1);
}

// Bundles that are the same, and how many there are of each.
using BundleCounts = std::map<ReportedBundle, std::int64_t>;

void CountBundle(pbf_reader request, BundleCounts* counts) {
  ReportedBundle bundle = ReadResourceRequest(request);
  if (counts->size() < kMaxShape || counts->count(bundle) != 0) ++(*counts)[std::move(bundle)];
}

BundleCounts ReadBundleSelector(pbf_reader selector) {
  BundleCounts counts;
  ForEachField(selector, [&](pbf_reader& reader) {
    if (!IsBytes(reader, 1)) return false;
    CountBundle(reader.get_message(), &counts);
    return true;
  });
  return counts;
}

// Bundle selectors (since 2.49) have the same bundles once more, with labels; a second one would be for want
// of the first.
ReportedDemand ReadGang(pbf_reader gang) {
  ReportedDemand demand{ReportedDemand::By::kPlacementGroup, {}};
  BundleCounts plain, selected;
  ForEachField(gang, [&](pbf_reader& reader) {
    if (IsBytes(reader, 1)) {
      CountBundle(reader.get_message(), &plain);
    } else if (IsBytes(reader, 2)) {
      demand.strategy = StrategyOf(ReadText(&reader));
    } else if (selected.empty() && IsBytes(reader, 3)) {
      selected = ReadBundleSelector(reader.get_message());
    } else {
      return false;
    }
    return true;
  });
  for (const auto& [bundle, count] : selected.empty() ? plain : selected)
    demand.bundles.push_back({bundle.shape, count, bundle.labels});
  return demand;
}

// Counts demands that are the same as one.
class DemandList {
 public:
  void Add(ReportedDemand demand) {
    // A placement group that has its place is there without bundles.
    if (demand.count == 0 || demand.bundles.empty() || IsInsideGroup(demand)) return;
    const auto [place, is_new] =
        places_.try_emplace({demand.by, demand.strategy, demand.bundles}, demands_.size());
    if (!is_new) {
      std::int64_t& count = demands_[place->second].count;
      count = std::min(count + demand.count, kMaxCount);
    } else if (demands_.size() < kMaxList) {
      demands_.push_back(std::move(demand));
    } else {
      places_.erase(place);
    }
  }

  std::vector<ReportedDemand> Take() { return std::move(demands_); }

 private:
  // A task that waits for the place of its placement group, which waits itself: CPU_group_0_<id>.
  static bool IsInsideGroup(const ReportedDemand& demand) {
    const ResourceShape& shape = demand.bundles.front().shape;
    return demand.by == ReportedDemand::By::kTasks &&
           std::any_of(shape.begin(), shape.end(), [](const auto& resource) {
             return resource.first.find("_group_") != std::string::npos;
           });
  }

  using Key = std::tuple<ReportedDemand::By, std::string, std::vector<ReportedBundle>>;
  std::map<Key, std::size_t> places_;
  std::vector<ReportedDemand> demands_;
};

void ReadConstraint(pbf_reader constraint, DemandList* demands) {
  ForEachField(constraint, [&](pbf_reader& reader) {
    if (!IsBytes(reader, 1)) return false;
    demands->Add(ReadRequestByCount(reader.get_message(), ReportedDemand::By::kRequest));
    return true;
  });
}

bool ReadNodeText(pbf_reader& reader, GcsNode* node) {
  if (IsBytes(reader, 2)) {
    node->instance_id = ReadText(&reader);
  } else if (IsBytes(reader, 3)) {
    node->group = ReadText(&reader);
  } else if (IsBytes(reader, 4)) {
    ReadAmount(reader.get_message(), &node->available);
  } else if (IsBytes(reader, 5)) {
    ReadAmount(reader.get_message(), &node->total);
  } else if (IsBytes(reader, 10)) {
    node->address = ReadText(&reader);
  } else if (IsBytes(reader, 12)) {
    std::string activity = ReadText(&reader);
    if (node->activity.size() < kMaxActivity) node->activity.push_back(std::move(activity));
  } else if (IsBytes(reader, 13)) {
    ReadLabel(reader.get_message(), &node->labels);
  } else {
    return false;
  }
  return true;
}

void ReadNode(pbf_reader message, GcsStatus* status) {
  GcsNode node;
  std::int32_t state = 0;
  std::int64_t idle_ms = 0;
  ForEachField(message, [&](pbf_reader& reader) {
    if (IsVarint(reader, 8)) {
      state = reader.get_enum();
    } else if (IsVarint(reader, 9)) {
      idle_ms = ReadCount(&reader);
    } else {
      return ReadNodeText(reader, &node);
    }
    return true;
  });
  if (Is(state, NodeStatus::kDead)) {
    ++status->dead;
    if (!node.address.empty() && status->lost.size() < kMaxList) status->lost.insert(std::move(node.address));
    return;
  }
  node.head = node.total.count(kHeadResource) != 0;
  node.draining = Is(state, NodeStatus::kDraining);
  if (Is(state, NodeStatus::kIdle)) node.idle_ms = idle_ms;
  Add(&status->nodes, std::move(node));
}

// PendingInstanceRequest; FailedInstanceRequest has a reason before the times.
GcsLaunch ReadLaunch(pbf_reader launch, bool failed) {
  GcsLaunch read;
  ForEachField(launch, [&](pbf_reader& reader) {
    if (IsBytes(reader, 2)) {
      read.group = ReadText(&reader);
    } else if (IsVarint(reader, 3)) {
      read.count = ReadCount(&reader);
    } else if (failed && IsBytes(reader, 4)) {
      read.reason = ReadText(&reader);
    } else if (IsVarint(reader, failed ? 5 : 4)) {
      read.asked = ReadCount(&reader);
    } else if (failed && IsVarint(reader, 6)) {
      read.failed = ReadCount(&reader);
    } else {
      return false;
    }
    return true;
  });
  return read;
}

GcsPendingNode ReadPendingNode(pbf_reader instance) {
  GcsPendingNode pending;
  ForEachField(instance, [&](pbf_reader& reader) {
    if (IsBytes(reader, 2)) {
      pending.group = ReadText(&reader);
    } else if (IsBytes(reader, 3)) {
      pending.instance_id = ReadText(&reader);
    } else if (IsBytes(reader, 5)) {
      pending.details = ReadText(&reader);
    } else {
      return false;
    }
    return true;
  });
  return pending;
}

void ReadAutoscaler(pbf_reader state, GcsAutoscaler* autoscaler) {
  ForEachField(state, [&](pbf_reader& reader) {
    if (IsVarint(reader, 2)) {
      autoscaler->version = ReadCount(&reader);
    } else if (IsBytes(reader, 3)) {
      Add(&autoscaler->launches, ReadLaunch(reader.get_message(), false));
    } else if (IsBytes(reader, 7)) {
      Add(&autoscaler->pending, ReadPendingNode(reader.get_message()));
    } else if (IsBytes(reader, 8)) {
      Add(&autoscaler->failures, ReadLaunch(reader.get_message(), true));
    } else {
      return false;
    }
    return true;
  });
}

void ReadResourceState(pbf_reader state, GcsStatus* status) {
  DemandList demands;
  ForEachField(state, [&](pbf_reader& reader) {
    if (IsVarint(reader, 1)) {
      status->version = ReadCount(&reader);
    } else if (IsBytes(reader, 3)) {
      ReadNode(reader.get_message(), status);
    } else if (IsBytes(reader, 4)) {
      demands.Add(ReadRequestByCount(reader.get_message(), ReportedDemand::By::kTasks));
    } else if (IsBytes(reader, 5)) {
      demands.Add(ReadGang(reader.get_message()));
    } else if (IsBytes(reader, 6)) {
      ReadConstraint(reader.get_message(), &demands);
    } else if (IsBytes(reader, 7)) {
      status->session = ReadText(&reader);
    } else {
      return false;
    }
    return true;
  });
  status->demands = demands.Take();
  // A pod may have run Ray more than once.
  for (const GcsNode& node : status->nodes) status->lost.erase(node.address);
}

std::string FailureText(const GcsLaunch& failure, std::int64_t now) {
  std::string text = failure.reason.empty() ? "without a reason" : failure.reason;
  if (failure.failed > 0 && failure.failed <= now)
    text += " (" + shared::FormatSeconds(std::chrono::seconds(now - failure.failed)) + " ago)";
  return text;
}

void AddUsage(const GcsNode& node, std::map<std::string, ReportedUsage>* usage) {
  for (const auto& [resource, total] : node.total) {
    const auto available = node.available.find(resource);
    ReportedUsage& sum = (*usage)[resource];
    sum.total += total;
    sum.used += total - (available == node.available.end() ? 0 : available->second);
  }
}

void AddAskedFor(const GcsAutoscaler& asked_for, std::int64_t now, AutoscalerReport* report) {
  for (const GcsLaunch& launch : asked_for.launches) report->launching[launch.group] += launch.count;
  for (const GcsPendingNode& pending : asked_for.pending) ++report->launching[pending.group];
  std::map<std::string, const GcsLaunch*> last;
  for (const GcsLaunch& failure : asked_for.failures) {
    const GcsLaunch*& newest = last[failure.group];
    if (newest == nullptr || failure.failed > newest->failed) newest = &failure;
  }
  for (const auto& [group, failure] : last) report->failures[group] = FailureText(*failure, now);
}

}  // namespace

shared::Result<GcsStatus> ReadGcsStatus(std::string_view message) {
  return shared::DecodeMessage<GcsStatus>(message, "GetClusterStatusReply",
                                          [](pbf_reader& reader, GcsStatus* status) {
                                            if (IsBytes(reader, 1)) {
                                              if (!status->autoscaler) status->autoscaler.emplace();
                                              ReadAutoscaler(reader.get_message(), &*status->autoscaler);
                                            } else if (IsBytes(reader, 2)) {
                                              ReadResourceState(reader.get_message(), status);
                                            } else {
                                              return false;
                                            }
                                            return true;
                                          });
}

AutoscalerReport ReportOf(const GcsStatus& status, const GcsAutoscaler* asked_for, std::int64_t now) {
  AutoscalerReport report;
  report.known = true;
  report.demands = status.demands;
  for (const GcsNode& node : status.nodes) {
    report.nodes.push_back({node.group, node.head, node.labels, node.total});
    AddUsage(node, &report.usage);
  }
  if (asked_for != nullptr) AddAskedFor(*asked_for, now, &report);
  WriteReportLines(&report);
  return report;
}

}  // namespace kubectl_ray
