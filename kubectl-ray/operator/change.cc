#include "kubectl-ray/operator/change.h"

#include <algorithm>
#include <map>

#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/operator/schema.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::size_t kLongestValue = 80;

std::string Shown(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : shared::DumpJson(value);
  if (text.size() > kLongestValue) text = text.substr(0, kLongestValue) + "...";
  return text;
}

// The members of an object by name; those of a list by their own names, if all have one, else by index.
std::map<std::string, const Json*> Members(const Json& value) {
  std::map<std::string, const Json*> members;
  if (value.is_object())
    for (const auto& [name, member] : value.items()) members["." + name] = &member;
  if (!value.is_array()) return members;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string name = StringAt(value[i], {"name"});
    members["[" + (name.empty() ? std::to_string(i) : name) + "]"] = &value[i];
  }
  return members;
}

void Differences(const Json& before, const Json& after, const std::string& path,
                 std::vector<std::string>* lines) {
  if (before == after) return;
  const std::string shown = path.empty() ? path : path.substr(1);  // without the first point
  // A list of words, such as args, is one value.
  const bool words = after.is_array() && !after.empty() && after[0].is_string();
  if (before.is_null() || after.is_null() || words || !after.is_structured() ||
      before.type() != after.type()) {
    if (before.is_null())
      lines->push_back("+ " + shown + ": " + Shown(after));
    else if (after.is_null())
      lines->push_back("- " + shown + ": " + Shown(before));
    else
      lines->push_back("~ " + shown + ": " + Shown(before) + " -> " + Shown(after));
    return;
  }
  const auto old_members = Members(before), new_members = Members(after);
  static const Json none;
  for (const auto& [name, member] : new_members) {
    const auto old = old_members.find(name);
    Differences(old == old_members.end() ? none : *old->second, *member, path + name, lines);
  }
  for (const auto& [name, member] : old_members)
    if (!new_members.contains(name)) Differences(*member, none, path + name, lines);
}

// "networking.k8s.io/ingresses: get, list" for all verbs of a resource.
void AddRights(const std::set<Right>& rights, const std::set<Right>& without, const char* sign,
               std::vector<std::string>* lines) {
  std::map<std::string, std::string> verbs;
  for (const Right& right : rights) {
    if (without.contains(right)) continue;
    std::string& list = verbs[(right.group.empty() ? "" : right.group + "/") + right.resource];
    list += (list.empty() ? "" : ", ") + right.verb;
  }
  for (const auto& [resource, list] : verbs) lines->push_back(sign + resource + ": " + list);
}

Json WithoutServersOwn(Json object) {
  if (!object.is_object()) return object;
  object.erase("status");
  if (auto metadata = object.find("metadata"); metadata != object.end() && metadata->is_object())
    for (const char* own : {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"})
      metadata->erase(own);
  return object;
}

std::vector<std::string> LinesOf(const Json& before, const Json& after) {
  std::vector<std::string> lines;
  const std::string kind = StringAt(after, {"kind"});
  if (kind == "CustomResourceDefinition") {
    const FieldChanges fields = CompareDefinitions(before, after);
    for (const std::string& field : fields.added) lines.push_back("+ " + field);
    for (const std::string& field : fields.removed) lines.push_back("- " + field);
    if (lines.empty()) lines.push_back("~ rules of its schema");
  } else if (kind == "ClusterRole" || kind == "Role") {
    const std::set<Right> old_rights = RightsOf(At(before, {"rules"}));
    const std::set<Right> rights = RightsOf(At(after, {"rules"}));
    AddRights(rights, old_rights, "+ ", &lines);
    AddRights(old_rights, rights, "- ", &lines);
    if (lines.empty()) Differences(At(before, {"metadata"}), At(after, {"metadata"}), ".metadata", &lines);
    if (lines.empty()) lines.push_back("~ how its rules are written");
  } else {
    Differences(before, after, "", &lines);
  }
  return lines;
}

std::string WithLines(const ObjectChange& change) {
  std::string text = "~ " + change.name + "\n";
  const std::size_t shown = change.lines.size() > kMostLines ? kMostLines - 1 : change.lines.size();
  for (std::size_t i = 0; i < shown; ++i) text += "    " + change.lines[i] + "\n";
  if (shown < change.lines.size())
    text += "    and " + std::to_string(change.lines.size() - shown) + " more\n";
  return text;
}

}  // namespace

ObjectChange DescribeChange(const Json& before, const Json& after) {
  ObjectChange change;
  change.name = ObjectName(after);
  if (before.is_null()) {
    change.action = ChangeAction::kCreate;
    return change;
  }
  change.owner = OwnerOf(before);
  const Json is = WithoutServersOwn(before), will_be = WithoutServersOwn(after);
  if (is == will_be) return change;
  change.action = ChangeAction::kChange;
  change.lines = LinesOf(is, will_be);
  return change;
}

std::vector<std::string> GateChanges(const OperatorRelease& before, const OperatorRelease& after) {
  std::map<std::string, bool> old_gates, gates;
  for (const FeatureGate& gate : before.gates) old_gates[gate.name] = gate.on;
  for (const FeatureGate& gate : after.gates) gates[gate.name] = gate.on;
  std::vector<std::string> lines;
  for (const auto& [name, on] : gates) {
    const auto old = old_gates.find(name);
    if (old == old_gates.end())
      lines.push_back("+ " + name + " (" + (on ? "on" : "off") + ")");
    else if (old->second != on)
      lines.push_back("~ " + name + (on ? ": off -> on" : ": on -> off"));
  }
  for (const auto& [name, on] : old_gates)
    if (!gates.contains(name)) lines.push_back("- " + name);
  return lines;
}

std::string RenderPlan(const std::vector<ObjectChange>& changes, const std::vector<std::string>& gates) {
  std::string text;
  std::size_t kept = 0;
  for (const ObjectChange& change : changes) {
    if (change.action == ChangeAction::kCreate) text += "+ " + change.name + "\n";
    if (change.action == ChangeAction::kChange) text += WithLines(change);
    if (change.action == ChangeAction::kKeep) ++kept;
  }
  if (kept > 0)
    text += "= " + std::to_string(kept) +
            (kept == 1 ? " object stays as it is\n" : " objects stay as they are\n");
  if (!gates.empty()) text += "~ feature gates and their defaults\n";
  for (const std::string& gate : gates) text += "    " + gate + "\n";
  return shared::EscapeControl(text);
}

std::string ForeignObjects(const std::vector<ObjectChange>& changes) {
  std::string text;
  for (const ObjectChange& change : changes)
    if (change.action == ChangeAction::kChange && !change.owner.is_ours())
      text += "\n- " + change.name + ": " + change.owner.ToText();
  return shared::EscapeControl(text);
}

std::string WayOutOfForeign(const std::vector<ObjectChange>& changes, const std::string& version) {
  for (const ObjectChange& change : changes)
    if (change.action == ChangeAction::kChange && change.owner.kind == OwnerKind::kHelm &&
        !change.owner.name.empty())
      return "`helm upgrade " + change.owner.name + " kuberay/kuberay-operator" +
             (change.owner.ns.empty() ? "" : " -n " + change.owner.ns) + " --version " + version +
             "` changes it, all but the definitions; --adopt takes it over from Helm.";
  return "Change it by the tool that installed it, or take it over with --adopt; Argo CD and Flux undo that "
         "unless they are stopped first.";
}

}  // namespace kubectl_ray
