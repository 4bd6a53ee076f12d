#include "kubectl-ray/injection/injection.h"

#include <algorithm>
#include <map>
#include <optional>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/formats/yaml_documents.h"
#include "kubectl-ray/formats/yaml_text.h"
#include "kubectl-ray/injection/agent_in_pod.h"
#include "kubectl-ray/injection/text_change.h"
#include "kubectl-ray/manifests/port_plan.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Error;
using shared::ErrorCode;
using shared::Json;

// The first line of each ConfigMap's document, and the last of one whose separator is ours, too.
constexpr std::string_view kMark = "# ray-init-agent, for `kubectl ray uninject` to take out again";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSeparatorMark = "# with the line below";

std::string Place(std::string_view name, std::size_t line) {
  return std::string(name) + ":" + std::to_string(line);
}

// Where a template of another tool is, or nothing: text in `{{ }}` that only such a tool fills in. Comments
// do not count.
std::optional<std::size_t> FindBraces(std::string_view text) {
  for (std::size_t at = text.find("{{"); at != text.npos; at = text.find("{{", at + 2)) {
    const std::size_t line = BeginOfLine(text, at);
    if (shared::Trim(text.substr(line, at - line)).starts_with('#')) continue;
    std::string_view inside = text.substr(at + 2, 40);
    if (inside.starts_with('-')) inside.remove_prefix(1);
    inside = shared::Trim(inside);
    for (const std::string_view word :
         {".", "$", "/*", "if ", "else", "end", "range ", "with ", "include ", "template ", "define ",
          "toYaml ", "default ", "printf ", "tpl ", "required ", "lookup "})
      if (inside.starts_with(word)) return at;
  }
  return std::nullopt;
}

Error BracesError(std::string_view name, std::string_view text, std::size_t at) {
  return {ErrorCode::kUsage,
          "cannot use " + Place(name, LineAt(text, at)) + ": it is a template, with {{ }} to fill in",
          "Render it first (`helm template`), or give this command to Helm as its post-renderer."};
}

// The node at a place, or the nearest one above it that is written.
const YamlTextNode& NodeAt(const YamlTextNode& root, const JsonPlace& place) {
  const YamlTextNode* at = &Resolved(root);
  for (const auto& step : place) {
    const auto* key = std::get_if<std::string>(&step);
    const YamlTextNode* next = key ? Member(*at, *key) : Item(*at, std::get<std::size_t>(step));
    if (!next) return *at;
    at = next;
  }
  return *at;
}

Json* Mutable(Json* value, const JsonPlace& place) {
  for (const auto& step : place) {
    const auto* key = std::get_if<std::string>(&step);
    value = key ? &(*value)[*key] : &(*value)[std::get<std::size_t>(step)];
  }
  return value;
}

// How two values are compared.
enum class Comparison {
  kExact,
  // As the API server may have stored b: with defaults, and with lists of named items in another order. Then
  // a has at least what b has.
  kStored,
};

// The members, or the items of a list by their names; empty if they have none.
std::map<std::string, const Json*> Parts(const Json& value) {
  std::map<std::string, const Json*> parts;
  if (value.is_object())
    for (const auto& [key, member] : value.items()) parts[key] = &member;
  else
    for (const Json& item : value)
      if (std::string name = shared::StringAt(item, {"name"}); !name.empty()) parts[std::move(name)] = &item;
  return parts;
}

// Whether two values are the same for everyone who reads them: members have no order.
bool IsSame(const Json& a, const Json& b, Comparison how) {
  if (a.type() != b.type() || !a.is_structured()) return a == b;
  const bool stored = how == Comparison::kStored;
  if (a.size() != b.size() && !(stored && a.is_object() && a.size() > b.size())) return false;
  const std::map<std::string, const Json*> own = Parts(a), others = Parts(b);
  const bool by_name = own.size() == a.size() && others.size() == b.size();
  if (a.is_object() || (stored && by_name))
    return std::all_of(others.begin(), others.end(), [&own, how](const auto& other) {
      const auto found = own.find(other.first);
      return found != own.end() && IsSame(*found->second, *other.second, how);
    });
  return std::equal(a.begin(), a.end(), b.begin(),
                    [how](const Json& x, const Json& y) { return IsSame(x, y, how); });
}

bool HasAliases(const YamlTextDocument& document) {
  return std::any_of(document.nodes.begin(), document.nodes.end(),
                     [](const auto& node) { return node->is_alias(); });
}

// One document of the text. `lines`: empty lines before it, so that messages have the right line.
struct Piece {
  std::string_view name;
  std::string text;
  std::size_t lines;
};

shared::Result<std::vector<YamlTextDocument>> Read(const Piece& piece) {
  auto documents = ReadYamlText(piece.name, piece.text);
  if (documents) return documents;
  const std::optional<std::size_t> braces = FindBraces(piece.text);
  if (!braces) return shared::Unexpected(documents.error());
  return shared::Unexpected(BracesError(piece.name, piece.text, *braces));
}

// The entry of the object that has the template; a new one if it is not the last one's.
InjectedObject& ObjectOf(const YamlTextDocument& document, const RayTemplate& found, Injection* result) {
  const auto steps = static_cast<std::ptrdiff_t>(found.object_steps);
  const std::size_t line =
      NodeAt(*document.root, JsonPlace(found.place.begin(), found.place.begin() + steps)).line;
  std::vector<InjectedObject>& objects = result->objects;
  if (objects.empty() || objects.back().object != found.object || objects.back().line != line)
    objects.push_back({found.object, line, {}, false});
  return objects.back();
}

// A template and what it is to be.
struct Planned {
  const RayTemplate* found;
  const YamlTextNode* node;
  Json before, after;
};

class DocumentInjector {
 public:
  DocumentInjector(const Piece& piece, const YamlTextDocument& document, const AgentOptions& agent,
                   Injection* result)
      : piece_(piece), document_(document), agent_(agent), result_(*result), alike_(HasAliases(document)) {}

  // Returns the text with the agent; the same text if nothing is to do, or there was an error.
  std::string Run(RayTemplates found) {
    for (const RayTemplateProblem& problem : found.problems)
      Error("cannot inject " + PlaceOf(problem.place) + ": " + problem.cause, problem.hint);
    for (const std::string& note : found.notes)
      result_.notes.push_back(Place(piece_.name, document_.root->line) + ": " + note);
    const bool serves = std::any_of(found.templates.begin(), found.templates.end(),
                                    [](const RayTemplate& t) { return t.serves; });
    for (RayTemplate& one : found.templates) {
      one.serves = one.serves || (alike_ && serves);
      Plan(one);
    }
    if (!result_.errors.empty() || planned_.empty()) return piece_.text;
    for (const AliasRule rule : {AliasRule::kChangeTarget, AliasRule::kWriteOut})
      if (std::optional<std::string> text = Write(rule)) return *text;
    Error("cannot inject " + PlaceOf(planned_[0].found->place) + ": its text cannot be changed by itself",
          "Write out what an alias shares with others, and keep to block style or JSON.");
    return piece_.text;
  }

 private:
  std::string PlaceOf(const JsonPlace& place) const {
    return Place(piece_.name, NodeAt(*document_.root, place).line);
  }

  void Error(const std::string& message, std::string hint) {
    result_.errors.push_back({ErrorCode::kUsage, shared::EscapeControl(message), std::move(hint)});
  }

  void Plan(const RayTemplate& found) {
    const Json& before = ValueAt(document_.value, found.place);
    auto change = WithAgent(before, found, alike_, agent_);
    if (!change) {
      const std::string who = found.object + (found.role.empty() ? "" : ", " + found.role);
      return Error("cannot inject " + PlaceOf(found.place) + ": " + who + ": " + change.error().message,
                   change.error().hint);
    }
    InjectedObject& object = ObjectOf(document_, found, &result_);
    if (change->changed.is_null()) return;
    if (const std::string clash = ClashOf(found, change->changed); !clash.empty())
      return Error("cannot inject " + PlaceOf(found.place) + ": " + found.object + ": " + clash,
                   "Give it another one: --agent-metrics=PORT.");
    object.changed = true;
    std::vector<std::string>& all = result_.namespaces;
    if (std::find(all.begin(), all.end(), found.ns) == all.end()) all.push_back(found.ns);
    if (!found.role.empty()) object.roles.push_back(found.role);
    for (const std::string& note : change->notes) result_.notes.push_back(PlaceOf(found.place) + ": " + note);
    planned_.push_back({&found, &NodeAt(*document_.root, found.place), before, std::move(change->changed)});
  }

  // Returns which of Ray's ports in KubeRay's pods the agent's would be as well, or "".
  std::string ClashOf(const RayTemplate& found, const Json& changed) const {
    if (!found.operated) return "";
    JsonPlace place = found.place;
    place.pop_back();
    const Json group = {{"rayStartParams", shared::At(ValueAt(document_.value, place), {"rayStartParams"})},
                        {"template", changed}};
    return AgentPortClash(group, found.worker ? found.role : "the head", !found.worker);
  }

  // Returns the changed text if it reads as planned and can be taken back to the byte.
  std::optional<std::string> Write(AliasRule rule) {
    std::vector<TextEdit> edits;
    Json expected = document_.value;
    for (const Planned& planned : planned_) {
      std::vector<TextEdit> unused;
      // What is added does not depend on the record's own text.
      const InjectionRecord record = ChangeText(piece_.text, *planned.node, planned.before,
                                                WithRecord(planned.after, {}), rule, &unused);
      const Json after = WithRecord(planned.after, WithoutOwn(record));
      ChangeText(piece_.text, *planned.node, planned.before, after, rule, &edits);
      *Mutable(&expected, planned.found->place) = after;
    }
    std::string text = Edited(piece_.text, std::move(edits));
    const auto read = ParseYamlDocuments(piece_.name, text);
    if (!read || read->size() != 1 || !IsSame(read->front(), expected, Comparison::kExact))
      return std::nullopt;
    const Injection undone = Uninject(piece_.name, text);
    if (!undone.errors.empty() || undone.text != piece_.text) return std::nullopt;
    return text;
  }

  // The record's annotations are known by their names.
  static InjectionRecord WithoutOwn(InjectionRecord record) {
    std::erase_if(record.added, [](const std::string& path) {
      const std::vector<std::string> steps = Steps(path);
      return !steps.empty() && (steps.back() == kInjectedAnnotation || steps.back() == kReplacedAnnotation);
    });
    return record;
  }

  const Piece& piece_;
  const YamlTextDocument& document_;
  const AgentOptions& agent_;
  Injection& result_;
  bool alike_;
  std::vector<Planned> planned_;
};

// Returns the text of one document without an injection; nothing if there is none, or it cannot be read.
std::optional<std::string> UninjectDocument(const Piece& piece, Injection* result) {
  const auto documents = Read(piece);
  if (!documents) {
    result->errors.push_back(documents.error());
    return std::nullopt;
  }
  if (documents->empty()) return std::nullopt;
  const YamlTextDocument& document = documents->front();
  std::vector<TextEdit> edits;
  for (const RayTemplate& found : FindRayTemplates(document.value).templates) {
    const Json& value = ValueAt(document.value, found.place);
    InjectedObject& object = ObjectOf(document, found, result);
    if (!HasRecord(value)) continue;
    object.changed = true;
    if (!found.role.empty()) object.roles.push_back(found.role);
    UndoChange(piece.text, NodeAt(*document.root, found.place), ReadRecord(value), &edits);
  }
  if (edits.empty()) return std::nullopt;
  std::string text = Edited(piece.text, std::move(edits));
  if (const auto read = ParseYamlDocuments(piece.name, text); !read) {
    result->errors.push_back({ErrorCode::kUsage,
                              "cannot take the agent out of " + Place(piece.name, document.root->line) +
                                  ": " + read.error().message,
                              "It was changed since it was injected; take the agent out by hand."});
    return std::nullopt;
  }
  return text;
}

// Injects a document that was not, or no longer is.
std::string InjectBare(const Piece& piece, const AgentOptions& agent, Injection* result) {
  const auto documents = Read(piece);
  if (!documents) {
    result->errors.push_back(documents.error());
    return piece.text;
  }
  if (documents->empty()) return piece.text;
  RayTemplates found = FindRayTemplates(documents->front().value);
  if (found.templates.empty() && found.problems.empty() && found.notes.empty()) return piece.text;
  if (const std::optional<std::size_t> braces = FindBraces(piece.text)) {
    result->errors.push_back(BracesError(piece.name, piece.text, *braces));
    return piece.text;
  }
  return DocumentInjector(piece, documents->front(), agent, result).Run(std::move(found));
}

// An injection that is there is taken out and made again. If that changes no more than the order of lists, to
// which others may have added something, the text stays: no pod is to be replaced for it.
std::string InjectDocument(const Piece& piece, const AgentOptions& agent, Injection* result) {
  Injection undone;
  std::optional<std::string> bare = UninjectDocument(piece, &undone);
  result->errors.insert(result->errors.end(), undone.errors.begin(), undone.errors.end());
  if (!undone.errors.empty()) return piece.text;
  if (!bare) return InjectBare(piece, agent, result);
  const std::string text = InjectBare({piece.name, *std::move(bare), piece.lines}, agent, result);
  const auto was = ParseYaml(piece.name, piece.text), is = ParseYaml(piece.name, text);
  return was && is && IsSame(*was, *is, Comparison::kStored) ? piece.text : text;
}

// Calls `change` for each document of a text within bounds, and joins what it returns.
template <typename Change>
Injection ForEachDocument(std::string_view name, std::string_view text, Change change) {
  Injection result;
  const std::vector<YamlDocumentText> documents = SplitYamlDocuments(text);
  if (text.size() > kMaxOtherBytes || documents.size() > kMaxManifests) {
    result.text = text;
    const std::string bound = text.size() > kMaxOtherBytes
                                  ? "is larger than " + shared::FormatBytes(kMaxOtherBytes)
                                  : "has more than " + std::to_string(kMaxManifests) + " documents";
    result.errors.push_back(
        {ErrorCode::kUsage, "cannot read " + std::string(name) + ": it " + bound, "Give it in parts."});
    return result;
  }
  for (const YamlDocumentText& document : documents) {
    const Piece piece{name, std::string(document.line, '\n') + std::string(document.text), document.line};
    result.text += change(piece, &result).substr(piece.lines);
  }
  return result;
}

bool IsOurs(const YamlDocumentText& document) {
  std::string_view text = document.text;
  if (text.starts_with("---\n")) text.remove_prefix(4);
  return text.starts_with(kMark);
}

}  // namespace

Injection Inject(std::string_view name, std::string_view text, const AgentOptions& agent) {
  const std::string own = WithoutConfigMaps(text);
  Injection result = ForEachDocument(
      name, own, [&](const Piece& piece, Injection* all) { return InjectDocument(piece, agent, all); });
  if (!result.errors.empty()) result.text = text;
  return result;
}

Injection Uninject(std::string_view name, std::string_view text) {
  const std::string own = WithoutConfigMaps(text);
  Injection result = ForEachDocument(name, own, [](const Piece& piece, Injection* all) {
    std::optional<std::string> undone = UninjectDocument(piece, all);
    return undone ? *std::move(undone) : piece.text;
  });
  if (!result.errors.empty()) result.text = text;
  return result;
}

std::string WithConfigMaps(const std::string& text, const std::vector<Json>& config_maps) {
  if (text.starts_with(kByteOrderMark))
    return std::string(kByteOrderMark) + WithConfigMaps(text.substr(kByteOrderMark.size()), config_maps);
  const std::vector<YamlDocumentText> documents = SplitYamlDocuments(text);
  const bool separated = documents.front().text.starts_with("---");
  std::string all;
  for (std::size_t i = 0; i < config_maps.size(); ++i)
    all += "---\n" + std::string(kMark) + "\n" + DumpYaml(config_maps[i]);
  if (all.empty() || text.empty() || separated) return all + text;
  return all + std::string(kSeparatorMark) + "\n---\n" + text;
}

std::string WithoutConfigMaps(std::string_view text) {
  if (text.starts_with(kByteOrderMark))
    return std::string(kByteOrderMark) + WithoutConfigMaps(text.substr(kByteOrderMark.size()));
  std::string own;
  bool with_separator = false;
  for (const YamlDocumentText& document : SplitYamlDocuments(text)) {
    if (IsOurs(document)) {
      with_separator = document.text.ends_with(std::string(kSeparatorMark) + "\n");
      continue;
    }
    std::string_view rest = document.text;
    if (std::exchange(with_separator, false) && rest.starts_with("---\n")) rest.remove_prefix(4);
    own += rest;
  }
  return own;
}

}  // namespace kubectl_ray
