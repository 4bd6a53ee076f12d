#include "kubectl-ray/convert/tree.h"

#include <algorithm>

#include "kubectl-ray/convert/tree_text.h"
#include "kubectl-ray/formats/yaml.h"

namespace kubectl_ray {
namespace {

using shared::Json;

std::string OneLine(const Json& value) {
  std::string text = DumpYaml(value);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// Whether a literal block can hold exactly this text.
bool IsLiteralBlock(const std::string& text) {
  if (text.find('\n') == text.npos || text.front() == ' ' || text.front() == '\n') return false;
  if (text.ends_with("\n\n") || text.find(" \n") != text.npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); });
}

class Writer {
 public:
  std::string Write(const Tree& document) {
    Lines(document.above, 0);
    if (document.is_map() && !document.members.empty())
      Members(document, 0);
    else if (document.is_list() && !document.items.empty())
      Items(document, 0);
    else
      out_ += Inline(document) + "\n";
    Lines(document.below, 0);
    return std::move(out_);
  }

 private:
  void Indent(int depth) { out_.append(static_cast<std::size_t>(depth) * 2, ' '); }

  void Lines(const std::vector<std::string>& lines, int depth) {
    for (const std::string& line : lines) {
      if (!line.empty()) Indent(depth);
      out_ += line + "\n";
    }
  }

  // The text of a value that needs no lines of its own; empty if it needs them.
  static std::string Inline(const Tree& tree) {
    if (tree.spelling.empty() && (!tree.members.empty() || !tree.items.empty())) return "";
    const Json value = tree.ToJson();
    if (!tree.spelling.empty()) {
      if (tree.is_string() && tree.spelling == tree.scalar.get_ref<const std::string&>())
        return tree.spelling;
      const auto spelled = ParseYaml("", tree.spelling);
      if (spelled && *spelled == value) return tree.spelling;
    }
    if (tree.is_map()) return value.empty() ? "{}" : "";
    if (tree.is_list()) return value.empty() ? "[]" : "";
    if (tree.is_string() && IsLiteralBlock(tree.scalar.get_ref<const std::string&>())) return "";
    return OneLine(value);
  }

  void Value(const Tree& tree, int depth, bool in_list) {
    const std::string text = Inline(tree);
    const std::string beside = tree.beside.empty() ? "" : " " + tree.beside;
    if (!text.empty()) {
      out_ += " " + text + beside + "\n";
    } else if (!tree.is_map() && !tree.is_list()) {
      Block(tree.scalar.get_ref<const std::string&>(), beside, depth);
    } else {
      out_ += beside + "\n";
      // kubectl's own style: a list stands at the level of its key.
      if (tree.is_map()) Members(tree, depth);
      if (tree.is_list()) Items(tree, in_list ? depth : depth - 1);
    }
  }

  void Block(const std::string& text, const std::string& beside, int depth) {
    const bool ended = text.ends_with('\n');
    out_ += std::string(ended ? " |" : " |-") + beside + "\n";
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) Indent(depth);
      out_ += text.substr(at, end - at) + "\n";
      at = end + 1;
    }
  }

  void Members(const Tree& map, int depth) {
    for (const Tree::Member& member : map.members) Member(member, depth, true);
  }

  void Member(const Tree::Member& member, int depth, bool indented) {
    if (indented) {
      Lines(member.second.above, depth);
      Indent(depth);
    }
    out_ += OneLine(Json(member.first)) + ":";
    Value(member.second, depth + 1, false);
  }

  void Items(const Tree& list, int depth) {
    for (const Tree& item : list.items) {
      Lines(item.above, depth);
      const bool map = item.is_map() && Inline(item).empty();
      if (map) Lines(item.members.front().second.above, depth);
      Indent(depth);
      out_ += "-";
      if (!map) {
        Value(item, depth + 1, true);
        continue;
      }
      out_ += " ";
      for (std::size_t i = 0; i < item.members.size(); ++i) Member(item.members[i], depth + 1, i > 0);
    }
  }

  std::string out_;
};

}  // namespace

Tree::Tree(const Json& value) {
  if (value.is_object()) {
    kind = Kind::kMap;
    for (const auto& [key, member] : value.items()) members.emplace_back(key, Tree(member));
  } else if (value.is_array()) {
    kind = Kind::kList;
    for (const Json& item : value) items.emplace_back(item);
  } else {
    scalar = value;
  }
}

bool Tree::empty() const { return is_map() ? members.empty() : is_list() ? items.empty() : scalar.is_null(); }

const Tree* Tree::Find(std::string_view key) const {
  for (const Member& member : members)
    if (member.first == key) return &member.second;
  return nullptr;
}

Tree* Tree::Find(std::string_view key) {
  return const_cast<Tree*>(std::as_const(*this).Find(key));  // NOLINT: of a value that is not const
}

const Tree* Tree::At(std::initializer_list<std::string_view> path) const {
  const Tree* at = this;
  for (const std::string_view key : path)
    if (at != nullptr) at = at->Find(key);
  return at;
}

Tree* Tree::At(std::initializer_list<std::string_view> path) {
  return const_cast<Tree*>(std::as_const(*this).At(path));  // NOLINT: likewise
}

std::string Tree::StringAt(std::initializer_list<std::string_view> path) const {
  const Tree* at = At(path);
  return at != nullptr && at->is_string() ? at->scalar.get<std::string>() : "";
}

int Tree::LineAt(std::initializer_list<std::string_view> path) const {
  const Tree* at = this;
  int deepest = line;
  for (const std::string_view key : path) {
    at = at->Find(key);
    if (at == nullptr) break;
    if (at->line != 0) deepest = at->line;
  }
  return deepest;
}

Tree& Tree::Set(std::string_view key, Tree value) {
  Tree& member = Get(key);
  if (value.above.empty()) value.above = std::move(member.above);
  if (value.beside.empty()) value.beside = std::move(member.beside);
  if (value.line == 0) value.line = member.line;
  member = std::move(value);
  return member;
}

Tree& Tree::Get(std::string_view key) {
  if (Tree* found = Find(key)) return *found;
  kind = Kind::kMap;
  return members.emplace_back(std::string(key), Tree()).second;
}

Tree Tree::Take(std::string_view key) {
  const auto at =
      std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.first == key; });
  if (at == members.end()) return Tree();
  Tree taken = std::move(at->second);
  members.erase(at);
  return taken;
}

bool Tree::Remove(std::string_view key) {
  const std::size_t before = members.size();
  std::erase_if(members, [&](const Member& member) { return member.first == key; });
  return members.size() < before;
}

Json Tree::ToJson() const {
  if (kind == Kind::kScalar) return scalar;
  Json value = is_map() ? Json::object() : Json::array();
  for (const Member& member : members) value[member.first] = member.second.ToJson();
  for (const Tree& item : items) value.push_back(item.ToJson());
  return value;
}

std::string Tree::ToYaml() const {
  if (!source.empty())
    if (std::optional<std::string> edited = EditedSource(*this)) return *std::move(edited);
  return Writer().Write(*this);
}

}  // namespace kubectl_ray
