#include "kubectl-ray/launcher/group_fate.h"

#include <algorithm>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/content_name.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

using Kind = GroupFate::Kind;

std::string GroupOf(const Json& pod) { return StringAt(pod, {"metadata", "labels", kGroupLabel}); }

bool IsOutdated(const Json& pod, const GroupChange& change) {
  const std::string revision = StringAt(pod, {"metadata", "annotations", kRevisionAnnotation});
  if (!revision.empty() && !change.revision.empty()) return revision != change.revision;
  return !change.fields.empty();
}

std::string Reason(const GroupChange& change, Restart restart) {
  if (restart == Restart::kAll) return "--restart-only";
  std::string fields;
  for (const std::string& field : change.fields) fields += (fields.empty() ? "" : ", ") + field;
  return fields.empty() ? "changed by an `up` before" : fields;
}

// Fates of one group from those of its pods.
class GroupPods {
 public:
  explicit GroupPods(std::string group) : group_(std::move(group)) {}
  void Add(const Json& pod, Kind kind) {
    (kind == Kind::kUntouched ? untouched_ : replaced_).push_back(StringAt(pod, {"metadata", "name"}));
  }
  bool replaces() const { return !replaced_.empty(); }
  void AppendTo(std::vector<GroupFate>* fates, Kind kind, const std::string& why, std::int64_t wanted) const {
    if (!replaced_.empty()) fates->push_back(Fate(kind, replaced_, why));
    if (!untouched_.empty()) fates->push_back(Fate(Kind::kUntouched, untouched_, ""));
    const auto there = static_cast<std::int64_t>(replaced_.size() + untouched_.size());
    if (wanted > there)
      fates->push_back(
          {.group = group_, .kind = Kind::kMade, .count = wanted - there, .pods = {}, .why = {}});
  }

 private:
  GroupFate Fate(Kind kind, const std::vector<std::string>& pods, const std::string& why) const {
    return {.group = group_,
            .kind = kind,
            .count = static_cast<std::int64_t>(pods.size()),
            .pods = pods,
            .why = why};
  }

  std::string group_;
  std::vector<std::string> replaced_, untouched_;
};

std::vector<const Json*> PodsThatStay(const std::vector<Json>& pods) {
  std::vector<const Json*> stay;
  for (const Json& pod : pods)
    if (At(pod, {"metadata", "deletionTimestamp"}).is_null()) stay.push_back(&pod);
  return stay;
}

// Those of groups that the file has no longer.
void AppendRemoved(const std::vector<GroupChange>& changes, const std::vector<const Json*>& pods,
                   std::vector<GroupFate>* fates) {
  const auto is_wanted = [&](const std::string& group) {
    return std::any_of(changes.begin(), changes.end(),
                       [&](const GroupChange& change) { return change.group == group; });
  };
  for (const Json* pod : pods) {
    const std::string group = GroupOf(*pod);
    if (is_wanted(group)) continue;
    if (fates->empty() || fates->back().group != group || fates->back().kind != Kind::kRemoved)
      fates->push_back({.group = group, .kind = Kind::kRemoved, .count = 0, .pods = {}, .why = {}});
    ++fates->back().count;
    fates->back().pods.push_back(StringAt(*pod, {"metadata", "name"}));
  }
}

// What the autoscaler reads from the RayCluster while it runs makes no other pod of it.
Json WithoutWhatIsReadLater(Json options) {
  if (options.is_object())
    for (const char* field : {"idleTimeoutSeconds", "upscalingMode"}) options.erase(field);
  return options;
}

const char* KindText(Kind kind) {
  switch (kind) {
    case Kind::kMade:
      return "made       ";
    case Kind::kRecreated:
      return "recreated  ";
    case Kind::kUntouched:
      return "untouched  ";
    case Kind::kOutdated:
      return "outdated   ";
    case Kind::kRemoved:
      return "removed    ";
  }
  return "";
}

}  // namespace

std::vector<GroupFate> DecideFates(const std::vector<GroupChange>& changes, const std::vector<Json>& pods,
                                   Restart restart, bool head_keeps_state) {
  std::vector<GroupFate> fates;
  const std::vector<const Json*> stay = PodsThatStay(pods);
  bool head_is_replaced = false;
  for (const GroupChange& change : changes) {
    GroupPods group(change.group);
    const bool with_head = head_is_replaced && restart == Restart::kChanged;
    bool own_reason = false;
    for (const Json* pod : stay) {
      if (GroupOf(*pod) != change.group) continue;
      const bool outdated = restart == Restart::kAll || IsOutdated(*pod, change);
      own_reason = own_reason || outdated;
      group.Add(*pod, outdated || with_head ? Kind::kRecreated : Kind::kUntouched);
    }
    if (change.group == kHeadGroupName) head_is_replaced = group.replaces() && !head_keeps_state;
    group.AppendTo(&fates, restart == Restart::kNone ? Kind::kOutdated : Kind::kRecreated,
                   own_reason ? Reason(change, restart) : "the head is recreated, and Ray's state with it",
                   change.wanted);
  }
  AppendRemoved(changes, stay, &fates);
  return fates;
}

void StampRevisions(Json* ray_cluster) {
  Json& spec = (*ray_cluster)["spec"];
  std::string of_all, of_head;
  for (const char* field : kFieldsOfAllPods) of_all += shared::DumpJson(At(spec, {field}));
  for (const char* field : kFieldsOfHead)
    of_head += shared::DumpJson(WithoutWhatIsReadLater(At(spec, {field})));
  const auto stamp = [](Json& group, const std::string& more) {
    if (!At(group, {"template"}).is_object()) return;
    const std::string content =
        shared::DumpJson(group["template"]) + shared::DumpJson(At(group, {"rayStartParams"})) + more;
    group["template"]["metadata"]["annotations"][kRevisionAnnotation] = ContentName("r", content);
  };
  stamp(spec["headGroupSpec"], of_all + of_head);
  if (spec.contains("workerGroupSpecs") && spec["workerGroupSpecs"].is_array())
    for (Json& group : spec["workerGroupSpecs"]) stamp(group, of_all);
}

std::string FateText(const GroupFate& fate) {
  const bool head = fate.group == kHeadGroupName;
  std::string text = KindText(fate.kind) + std::to_string(fate.count) + (head ? " head pod" : " pod") +
                     (fate.count == 1 ? "" : "s") + (head ? "" : " of group " + fate.group);
  if (!fate.why.empty()) text += ": " + fate.why;
  return text;
}

}  // namespace kubectl_ray
