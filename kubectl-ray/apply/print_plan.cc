#include "kubectl-ray/apply/print_plan.h"

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr std::size_t kShownBytes = 60;

// One line at most, cut between characters.
std::string Shown(const Json& value) {
  std::string text = shared::EscapeControl(shared::DumpJson(value));
  if (text.size() <= kShownBytes) return text;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string Difference(const FieldChange& change) {
  if (change.before.is_null()) return "added, " + Shown(change.after);
  if (change.after.is_null()) return "removed, it was " + Shown(change.before);
  return Shown(change.before) + " -> " + Shown(change.after);
}

Json ChangeToJson(const FieldChange& change, const Manifest& manifest) {
  Json json = {{"field", change.field}, {"before", change.before}, {"after", change.after}};
  if (!change.after.is_null()) json["line"] = manifest.LineOf(change.field);
  json["effect"] = std::string(EffectText(change.effect));
  if (!change.why.empty()) json["why"] = change.why;
  return json;
}

}  // namespace

std::string_view OutcomeText(ObjectPlan::Outcome outcome) {
  switch (outcome) {
    case ObjectPlan::Outcome::kCreated:
      return "created";
    case ObjectPlan::Outcome::kConfigured:
      return "configured";
    case ObjectPlan::Outcome::kUnchanged:
      return "unchanged";
    case ObjectPlan::Outcome::kUnasked:
      break;
  }
  return "checked";
}

void PrintChanges(std::ostream& out, const ObjectPlan& plan, const Manifest* manifest) {
  for (const FieldChange& change : plan.changes) {
    const bool stands_there = manifest != nullptr && !change.after.is_null();
    if (stands_there) out << "  " << shared::EscapeControl(manifest->Place(change.field)) << ":";
    out << (stands_there ? " " : "  ") << shared::EscapeControl(change.field) << ": " << Difference(change)
        << "\n    " << EffectText(change.effect) << (change.why.empty() ? "" : ": " + change.why) << '\n';
  }
}

Json PlanToJson(const ObjectPlan& plan, const Manifest& manifest) {
  Json changes = Json::array();
  for (const FieldChange& change : plan.changes) changes.push_back(ChangeToJson(change, manifest));
  return {{"file", manifest.file()},
          {"line", manifest.LineOf("")},
          {"outcome", std::string(OutcomeText(plan.outcome))},
          {"object", WithoutSecrets(plan.object)},
          {"changes", std::move(changes)}};
}

}  // namespace kubectl_ray
