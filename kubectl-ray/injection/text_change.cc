#include "kubectl-ray/injection/text_change.h"

#include <algorithm>
#include <optional>
#include <set>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/formats/yaml_places.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using Kind = YamlTextNode::Kind;
using Style = YamlTextNode::Style;

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t") == text.npos; }

// Whether the value is one that only holds what is added to it.
bool Holds(std::string_view key) {
  for (const char* holder : {"metadata", "annotations", "initContainers", "volumes", "env", "volumeMounts"})
    if (key == holder) return true;
  return false;
}

// Returns the value in block style, each line but the first indented.
std::string Block(const Json& value, std::size_t indentation, std::string_view line_break) {
  const std::string dumped = DumpYaml(value);
  std::string text;
  for (std::size_t at = 0; at < dumped.size();) {
    const std::size_t end = std::min(dumped.find('\n', at), dumped.size());
    if (!text.empty()) text += line_break;
    if (end > at && !text.empty()) text.append(indentation, ' ');
    text += dumped.substr(at, end - at);
    at = end + 1;
  }
  return text;
}

// Returns the value on one line.
std::string Flow(const Json& value) {
  if (!value.is_string()) return shared::DumpJson(value);
  const std::string dumped = DumpYaml(value);
  const std::string line = dumped.substr(0, dumped.size() - 1);
  return line.find('\n') == line.npos ? line : shared::DumpJson(value);
}

// Returns the value on one line, a string in the quotes that were there.
std::string Quoted(Style style, const Json& value) {
  if (!value.is_string() || (style != Style::kDoubleQuoted && style != Style::kSingleQuoted))
    return Flow(value);
  const std::string& text = value.get_ref<const std::string&>();
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  if (style == Style::kDoubleQuoted || !plain) return shared::DumpJson(value);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

class Changer {
 public:
  Changer(std::string_view text, AliasRule aliases, std::vector<TextEdit>* edits)
      : text_(text), line_break_(LineBreak(text)), places_(text), aliases_(aliases), edits_(*edits) {}

  InjectionRecord record;

  void Change(const YamlTextNode& node, const Json& before, const Json& after, const FieldPath& path) {
    if (after.is_object())
      ChangeMap(Resolved(node), before, after, path);
    else
      ChangeList(Resolved(node), before, after, path);
  }

 private:
  void ChangeMap(const YamlTextNode& map, const Json& before, const Json& after, const FieldPath& path) {
    // Members are not moved, only appended.
    auto old = before.begin();
    for (const auto& [key, value] : after.items()) {
      const bool there = old != before.end() && old.key() == key;
      const Json* was = there ? &*old : nullptr;
      if (there) ++old;
      if (was && *was == value) continue;
      const YamlTextEntry* own = OwnMember(map, key);
      if (own)
        ChangeValue(*own, was ? *was : Json(), value, Join(path, key), key);
      else
        AddMember(map, key, value, Join(path, key), !was);
    }
  }

  void ChangeList(const YamlTextNode& list, const Json& before, const Json& after, const FieldPath& path) {
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (i >= before.size())
        AddItem(list, after[i], Join(path, ItemStep(after, i)));
      else if (before[i] != after[i] && i < list.entries.size())
        ChangeValue(list.entries[i], before[i], after[i], Join(path, ItemStep(after, i)), "");
    }
  }

  static bool CanDescend(const Json& before, const Json& after) {
    if (before.empty()) return false;
    if (before.is_object() && after.is_object()) return true;
    return before.is_array() && after.is_array() && before.size() <= after.size();
  }

  void ChangeValue(const YamlTextEntry& entry, const Json& before, const Json& after, const FieldPath& path,
                   std::string_view key) {
    const bool written_out = entry.value->is_alias() && aliases_ == AliasRule::kWriteOut;
    // A command is read as a whole, unless one word of it changes.
    const bool words = (key == "command" || key == "args") && before.size() != after.size();
    if (CanDescend(before, after) && !written_out && !words)
      Change(*entry.value, before, after, path);
    else
      Replace(entry, after, path, Holds(key) && before.empty());
  }

  // Replaces a value on its line. A block collection gives way from its key's colon on.
  void Replace(const YamlTextEntry& entry, const Json& value, const FieldPath& path, bool holds) {
    const YamlTextNode& old = *entry.value;
    std::size_t begin = old.content;
    const bool block = old.style == Style::kBlock;
    const bool unwritten = old.kind == Kind::kNull && old.style == Style::kNone;
    if (block || unwritten) begin = AfterKey(entry);
    std::string text =
        old.style == Style::kLiteral && value.is_string() ? Literal(old, value.get<std::string>()) : "";
    if (text.empty()) text = (block || unwritten ? " " : "") + Quoted(old.style, value);
    record.replaced[path] = std::string(text_.substr(begin, old.end - begin));
    if (holds) RecordContent(value, path);
    edits_.push_back({begin, old.end, std::move(text)});
  }

  // After the colon, or after the dash of an item, and after anchor and tag.
  std::size_t AfterKey(const YamlTextEntry& entry) const {
    if (!entry.value->anchor.empty() || !entry.value->tag.empty())
      return places_.EndOfProperties(entry.value->begin);
    return entry.key ? places_.AfterCharacter(entry.key->end, ':') : entry.begin + 1;
  }

  // The lines of a `|` scalar with its own header and indentation.
  std::string Literal(const YamlTextNode& old, const std::string& value) const {
    const std::size_t header_end = EndOfLine(text_, old.content);
    const std::size_t first = text_.find_first_not_of(" \r\n", header_end);
    const std::string header(text_.substr(old.content, header_end - old.content));
    if (first == text_.npos || first >= old.end || header.find_first_of("123456789") != header.npos)
      return "";
    const std::size_t indentation = places_.Column(first);
    std::string text = header;
    const std::string body = value.ends_with('\n') ? value.substr(0, value.size() - 1) : value;
    for (std::size_t at = 0; at <= body.size();) {
      const std::size_t end = std::min(body.find('\n', at), body.size());
      text += line_break_;
      if (end > at) text.append(indentation, ' ').append(body, at, end - at);
      at = end + 1;
    }
    return text;
  }

  void RecordContent(const Json& value, const FieldPath& path) {
    if (value.is_object())
      for (const auto& [key, member] : value.items()) RecordAdded(Join(path, key), key, member);
    else if (value.is_array())
      for (std::size_t i = 0; i < value.size(); ++i) record.added.push_back(Join(path, ItemStep(value, i)));
  }
  void RecordAdded(const FieldPath& path, std::string_view key, const Json& value) {
    const bool holds = Holds(key);
    record.added.push_back(path + (holds ? "/" : ""));
    if (holds) RecordContent(value, path);
  }

  void AddMember(const YamlTextNode& map, const std::string& key, const Json& value, const FieldPath& path,
                 bool isnew) {
    const bool merges = OwnMember(map, "<<") != nullptr;
    const bool before = key == "metadata" && !merges && map.style == Style::kBlock && !map.entries.empty();
    const std::size_t added = record.added.size();
    if (isnew)
      RecordAdded(path, key, value);
    else
      record.added.push_back(path);
    if (map.style == Style::kFlow)
      return AddFlow(map, shared::DumpJson(key) + ": " + shared::DumpJson(value));
    if (map.entries.empty()) return;
    const std::string text = Block(Json{{key, value}}, map.column, line_break_);
    if (before) {
      record.added[added].insert(0, "^");
      edits_.push_back({map.entries[0].begin, map.entries[0].begin,
                        text + std::string(line_break_) + std::string(map.column, ' ')});
      return;
    }
    AddLines(merges ? map.entries.back() : Elder(map, key), map.column, text);
  }

  // The member after which a new one is put: a command stands after the image, all else at the end.
  static const YamlTextEntry& Elder(const YamlTextNode& map, const std::string& key) {
    const YamlTextEntry* image = key == "command" ? OwnMember(map, "image") : nullptr;
    return image ? *image : map.entries.back();
  }

  void AddItem(const YamlTextNode& list, const Json& value, const FieldPath& path) {
    record.added.push_back(path);
    if (list.style == Style::kFlow) return AddFlow(list, shared::DumpJson(value));
    if (!list.entries.empty())
      AddLines(list.entries.back(), list.column, Block(Json::array({value}), list.column, line_break_));
  }

  void AddLines(const YamlTextEntry& elder, std::size_t column, const std::string& text) {
    const std::size_t end = EndOfLine(text_, elder.value->end);
    edits_.push_back({end, end, std::string(line_break_) + std::string(column, ' ') + text});
  }

  // After the last one, on a line of its own if that has one.
  void AddFlow(const YamlTextNode& collection, const std::string& text) {
    if (collection.entries.empty()) return;
    const YamlTextEntry& elder = collection.entries.back();
    const std::size_t line = BeginOfLine(text_, elder.begin);
    const std::string_view before = text_.substr(line, elder.begin - line);
    const std::string separator =
        IsBlank(before) && line > 0 ? std::string(line_break_) + std::string(before) : " ";
    edits_.push_back({elder.value->end, elder.value->end, "," + separator + text});
  }

  std::string_view text_, line_break_;
  YamlPlaces places_;
  AliasRule aliases_;
  std::vector<TextEdit>& edits_;
};

// A place in the tree, and the collection it is in.
struct Found {
  const YamlTextNode* parent = nullptr;
  std::size_t index = 0;
};

std::optional<std::size_t> IndexOf(const YamlTextNode& node, const std::string& step) {
  const YamlTextNode& collection = Resolved(node);
  for (std::size_t i = 0; i < collection.entries.size(); ++i) {
    const YamlTextEntry& entry = collection.entries[i];
    if (entry.key && Resolved(*entry.key).scalar == step) return i;
    const YamlTextNode* name = entry.key ? nullptr : Member(*entry.value, "name");
    if (name && name->scalar == step) return i;
  }
  if (!collection.is_sequence() || step.empty() || step.size() > 6 ||
      step.find_first_not_of("0123456789") != step.npos)
    return std::nullopt;
  const std::size_t index = std::stoul(step);
  return index < collection.entries.size() ? std::optional<std::size_t>(index) : std::nullopt;
}

std::optional<Found> Find(const YamlTextNode& root, const FieldPath& path) {
  const std::vector<std::string> steps = Steps(path);
  const YamlTextNode* at = &Resolved(root);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::optional<std::size_t> index = IndexOf(*at, steps[i]);
    if (index && i + 1 == steps.size()) return Found{at, *index};
    const YamlTextNode* next = index ? at->entries[*index].value : Member(*at, steps[i]);
    if (!next) return std::nullopt;
    at = &Resolved(*next);
  }
  return std::nullopt;
}

class Undoer {
 public:
  Undoer(std::string_view text, const YamlTextNode& root, const InjectionRecord& record,
         std::vector<TextEdit>* edits)
      : text_(text), places_(text), root_(root), record_(record), edits_(*edits) {
    for (const std::string& added : record.added) {
      const bool before = added.starts_with('^'), holder = added.ends_with('/');
      const FieldPath path = added.substr(before ? 1 : 0, added.size() - (before ? 1 : 0) - (holder ? 1 : 0));
      (holder ? holders_ : own_).insert(path);
      if (before) before_.insert(path);
    }
  }

  void Undo() {
    for (const auto& [path, text] : record_.replaced) Restore(path, text);
    for (const std::set<FieldPath>* paths : {&holders_, &own_})
      for (const FieldPath& path : *paths)
        if (!IsGone(path) && IsOurs(path)) Remove(path);
  }

 private:
  // Whether something above it goes, or was restored, and it with that.
  bool IsGone(const FieldPath& path) const {
    for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
      if (gone_.contains(path.substr(0, slash))) return true;
    return gone_.contains(path);
  }

  // Whether all of it was added.
  bool IsOurs(const FieldPath& path) const {
    if (own_.contains(path)) return true;
    if (!holders_.contains(path)) return false;
    const std::optional<Found> found = Find(root_, path);
    return found && HasOnlyOurs(*found->parent->entries[found->index].value, path);
  }
  bool HasOnlyOurs(const YamlTextNode& node, const FieldPath& path) const {
    const YamlTextNode& collection = Resolved(node);
    return std::all_of(collection.entries.begin(), collection.entries.end(), [&](const YamlTextEntry& entry) {
      const YamlTextNode* name = entry.key ? &Resolved(*entry.key) : Member(*entry.value, "name");
      return name && IsOurs(Join(path, name->scalar));
    });
  }

  void Restore(const FieldPath& path, const std::string& text) {
    const std::optional<Found> found = Find(root_, path);
    if (!found) return;
    const YamlTextEntry& entry = found->parent->entries[found->index];
    // What others added to it meanwhile stays.
    const bool held = std::any_of(own_.begin(), own_.end(),
                                  [&](const FieldPath& own) { return own.starts_with(path + "/"); });
    if (held && !HasOnlyOurs(*entry.value, path)) return;
    gone_.insert(path);
    const YamlTextNode& value = *entry.value;
    const bool from_key = text.empty() || text.find_first_of(" \t\r\n#") == 0 || value.style == Style::kBlock;
    const std::size_t begin = from_key ? AfterKey(entry) : value.content;
    edits_.push_back({begin, std::max(begin, value.end), Fitting(text, *found->parent, from_key)});
  }

  // The text that was there. If it cannot stand in this place (the file became JSON, or has another
  // indentation), its value on one line.
  std::string Fitting(const std::string& text, const YamlTextNode& parent, bool from_key) const {
    const bool blank_first = text.empty() || text.find_first_of(" \t\r\n#") == 0;
    const std::string space = from_key && !blank_first ? " " : "";
    const bool flow = parent.style == Style::kFlow;
    const bool fits = flow ? text.find('\n') == text.npos : IsIndented(text, parent.column);
    if (fits) return flow && text.empty() && from_key ? " null" : space + text;
    const auto value = ParseYaml("record", "v:" + std::string(blank_first ? "" : " ") + text);
    return (from_key ? " " : "") + (value ? shared::DumpJson(At(*value, {"v"})) : "null");
  }

  // Whether the lines after the first are deeper than a parent at this column; items may be as deep as it.
  static bool IsIndented(std::string_view text, std::size_t column) {
    for (std::size_t line = text.find('\n'); line != text.npos; line = text.find('\n', line + 1)) {
      const std::size_t first = std::min(text.find_first_not_of(" \t", line + 1), text.size());
      if (first == text.size() || text[first] == '\n' || text[first] == '\r' || text[first] == '#') continue;
      const std::size_t depth = first - line - 1;
      return depth > column || (depth == column && text[first] == '-');
    }
    return true;
  }

  std::size_t AfterKey(const YamlTextEntry& entry) const {
    if (!entry.value->anchor.empty() || !entry.value->tag.empty())
      return places_.EndOfProperties(entry.value->begin);
    return entry.key ? places_.AfterCharacter(entry.key->end, ':') : entry.begin + 1;
  }

  void Remove(const FieldPath& path) {
    const std::optional<Found> found = Find(root_, path);
    if (!found) return;
    gone_.insert(path);
    const YamlTextNode& parent = *found->parent;
    const YamlTextEntry& entry = parent.entries[found->index];
    const bool last = found->index + 1 == parent.entries.size();
    const std::size_t line = BeginOfLine(text_, entry.begin);
    const bool own_line = IsBlank(text_.substr(line, entry.begin - line)) && line > 0;
    if (parent.style == Style::kFlow && found->index > 0)
      edits_.push_back({parent.entries[found->index - 1].value->end, entry.value->end, ""});
    else if (!last && (before_.contains(path) || !own_line || parent.style == Style::kFlow))
      edits_.push_back({entry.begin, parent.entries[found->index + 1].begin, ""});
    else if (own_line && parent.style != Style::kFlow)
      edits_.push_back(
          {EndOfLine(text_, BeginOfLine(text_, line - 1)), EndOfLine(text_, entry.value->end), ""});
    else
      edits_.push_back({entry.begin, entry.value->end,
                        parent.style == Style::kFlow ? ""
                        : parent.is_map()            ? "{}"
                                                     : "[]"});
  }

  std::string_view text_;
  YamlPlaces places_;
  const YamlTextNode& root_;
  const InjectionRecord& record_;
  std::vector<TextEdit>& edits_;
  std::set<FieldPath> own_, holders_, before_, gone_;
};

}  // namespace

InjectionRecord ChangeText(std::string_view text, const YamlTextNode& node, const Json& before,
                           const Json& after, AliasRule aliases, std::vector<TextEdit>* edits) {
  Changer changer(text, aliases, edits);
  changer.Change(node, before, after, "");
  return std::move(changer.record);
}

void UndoChange(std::string_view text, const YamlTextNode& node, const InjectionRecord& record,
                std::vector<TextEdit>* edits) {
  Undoer(text, node, record, edits).Undo();
}

}  // namespace kubectl_ray
