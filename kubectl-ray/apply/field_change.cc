#include "kubectl-ray/apply/field_change.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/apply/effects.h"
#include "kubectl-ray/apply/field_path.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

// Without what the API server and the controllers write.
Json Wanted(const Json& object) {
  Json wanted = Json::object();
  Json metadata = Json::object();
  for (const char* key : {"labels", "annotations"})
    if (const Json& value = At(object, {"metadata", key}); value.is_object()) metadata[key] = value;
  if (auto annotations = metadata.find("annotations"); annotations != metadata.end())
    annotations->erase(kLastAppliedAnnotation);
  wanted["metadata"] = std::move(metadata);
  if (!object.is_object()) return wanted;
  for (const auto& [key, value] : object.items())
    if (key != "metadata" && key != "status" && key != "apiVersion" && key != "kind") wanted[key] = value;
  return wanted;
}

bool IsNothing(const Json& value) {
  return value.is_null() || ((value.is_object() || value.is_array()) && value.empty());
}

// The names of the items, if each has one of its own; else nothing.
std::vector<std::string> NamesOf(const Json& list) {
  std::vector<std::string> names;
  for (const Json& item : list) {
    const std::string group = StringAt(item, {"groupName"});
    names.push_back(group.empty() ? StringAt(item, {"name"}) : group);
    if (names.back().empty()) return {};
  }
  const std::set<std::string> different(names.begin(), names.end());
  return different.size() == names.size() ? names : std::vector<std::string>();
}

class Differ {
 public:
  std::vector<FieldChange> changes;

  void Compare(const FieldPath& path, const Json& before, const Json& after) {
    if (before == after || (IsNothing(before) && IsNothing(after))) return;
    if (before.is_object() && after.is_object()) return CompareObjects(path, before, after);
    if (before.is_array() && after.is_array()) return CompareLists(path, before, after);
    changes.push_back({.field = path.ToText(), .before = before, .after = after});
  }

 private:
  void CompareObjects(const FieldPath& path, const Json& before, const Json& after) {
    for (const auto& [key, value] : after.items()) Compare(path.Member(key), At(before, {key}), value);
    for (const auto& [key, value] : before.items())
      if (!after.contains(key)) Compare(path.Member(key), value, Json());
  }

  void CompareLists(const FieldPath& path, const Json& before, const Json& after) {
    const std::vector<std::string> old_names = NamesOf(before), names = NamesOf(after);
    if ((!before.empty() && old_names.empty()) || (!after.empty() && names.empty()))
      return CompareByIndex(path, before, after);
    std::vector<std::string> kept, kept_before;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto old = std::find(old_names.begin(), old_names.end(), names[i]);
      if (old != old_names.end()) kept.push_back(names[i]);
      Compare(path.Item(names[i]),
              old == old_names.end() ? Json() : before[static_cast<std::size_t>(old - old_names.begin())],
              after[i]);
    }
    for (std::size_t i = 0; i < old_names.size(); ++i)
      if (std::find(names.begin(), names.end(), old_names[i]) == names.end())
        Compare(path.Item(old_names[i]), before[i], Json());
      else
        kept_before.push_back(old_names[i]);
    if (kept != kept_before)
      changes.push_back({.field = path.ToText(), .before = kept_before, .after = kept});
  }

  // Words, as of a command, are one value.
  void CompareByIndex(const FieldPath& path, const Json& before, const Json& after) {
    const auto is_object = [](const Json& item) { return item.is_object(); };
    if (!std::all_of(before.begin(), before.end(), is_object) ||
        !std::all_of(after.begin(), after.end(), is_object)) {
      changes.push_back({.field = path.ToText(), .before = before, .after = after});
      return;
    }
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
      Compare(path.Item(std::to_string(i)), i < before.size() ? before[i] : Json(),
              i < after.size() ? after[i] : Json());
  }
};

}  // namespace

std::string_view EffectText(Effect effect) {
  switch (effect) {
    case Effect::kInPlace:
      return "in place";
    case Effect::kStops:
      return "stops";
    case Effect::kRecreates:
      return "recreates all pods";
    case Effect::kNewCluster:
      return "new cluster";
    case Effect::kNewPods:
      return "new pods only";
    case Effect::kNextRun:
      return "next run";
    case Effect::kIgnored:
      break;
  }
  return "ignored";
}

std::vector<FieldChange> ChangesOf(const Json& before, const Json& after) {
  Differ differ;
  differ.Compare(FieldPath(), Wanted(before), Wanted(after));
  SetEffects(before, after, &differ.changes);
  return std::move(differ.changes);
}

bool IsDisruptive(const FieldChange& change) {
  return change.effect == Effect::kStops || change.effect == Effect::kRecreates ||
         change.effect == Effect::kNewCluster;
}

}  // namespace kubectl_ray
