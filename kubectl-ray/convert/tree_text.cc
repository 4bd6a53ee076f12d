#include "kubectl-ray/convert/tree_text.h"

#include <algorithm>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/formats/yaml_text.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

struct Edit {
  std::size_t begin, end;
  std::string text;
};

bool IsBlock(const YamlTextNode& node) { return node.style == YamlTextNode::Style::kBlock; }

class Editor {
 public:
  Editor(std::string_view text, int first_line) : text_(text), offset_(first_line - 1) {}

  // Returns false if something cannot be changed in place.
  bool Compare(const YamlTextNode& root, const Json& old, const Tree& tree) {
    if (old == tree.ToJson()) return true;
    return root.is_map() && IsBlock(root) && old.is_object() && tree.is_map() && Members(root, old, tree);
  }

  std::optional<std::string> Apply() {
    std::stable_sort(edits_.begin(), edits_.end(),
                     [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
    std::string edited;
    std::size_t at = 0;
    for (const Edit& edit : edits_) {
      if (edit.begin < at) return std::nullopt;
      edited += text_.substr(at, edit.begin - at);
      edited += edit.text;
      at = edit.end;
    }
    edited += text_.substr(std::min(at, text_.size()));
    return edited;
  }

 private:
  std::size_t LineStart(std::size_t at) const {
    const std::size_t newline = at == 0 ? text_.npos : text_.rfind('\n', at - 1);
    return newline == text_.npos ? 0 : newline + 1;
  }
  std::size_t LineEnd(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }

  static std::size_t EndOf(const YamlTextEntry& entry) {
    return std::max(entry.key != nullptr ? entry.key->end : entry.begin, entry.value->end);
  }

  // Whether only blanks are before the entry on its line.
  bool BeginsLine(const YamlTextEntry& entry) const {
    const std::size_t start = LineStart(entry.begin);
    return shared::Trim(text_.substr(start, entry.begin - start)).empty();
  }

  int Line(const YamlTextNode& node) const { return static_cast<int>(node.line) + offset_; }

  bool Value(const YamlTextEntry& entry, const Json& old, const Tree& tree, std::size_t column) {
    if (old == tree.ToJson()) return true;
    const YamlTextNode& node = *entry.value;
    const std::size_t before = edits_.size();
    if (IsBlock(node) && !tree.empty()) {
      if (node.is_map() && tree.is_map() && old.is_object() && Members(node, old, tree)) return true;
      if (node.is_sequence() && tree.is_list() && old.is_array() && Items(node, old, tree)) return true;
    }
    edits_.resize(before);
    return Replace(entry, tree, column);
  }

  // The key of the member that was made of this entry, by the same or, if it was renamed, by another name.
  const Tree::Member* MemberOf(const YamlTextEntry& entry, const YamlTextNode& node, const Tree& tree) const {
    for (const Tree::Member& member : tree.members)
      if (member.first == entry.key->scalar) return &member;
    for (const Tree::Member& member : tree.members)
      if (member.second.line == Line(*entry.key) && OwnMember(node, member.first) == nullptr) return &member;
    return nullptr;
  }

  bool Members(const YamlTextNode& node, const Json& old, const Tree& tree) {
    std::vector<std::pair<const Tree::Member*, const YamlTextEntry*>> kept;
    for (const YamlTextEntry& entry : node.entries) {
      const auto before = old.find(entry.key->scalar);
      if (before == old.end()) return false;  // a merge, or a key that is no text
      const Tree::Member* member = MemberOf(entry, node, tree);
      if (member == nullptr) {
        if (!Delete(entry)) return false;
        continue;
      }
      if (member->first != entry.key->scalar)
        edits_.push_back({entry.key->begin, entry.key->end, member->first});
      if (!Value(entry, *before, member->second, node.column)) return false;
      kept.emplace_back(member, &entry);
    }
    return !kept.empty() && Insert(kept, tree, node.column);
  }

  // Each new member goes after the one that it follows in the tree.
  bool Insert(const std::vector<std::pair<const Tree::Member*, const YamlTextEntry*>>& kept, const Tree& tree,
              std::size_t column) {
    const YamlTextEntry* after = nullptr;
    for (const Tree::Member& member : tree.members) {
      const auto there =
          std::find_if(kept.begin(), kept.end(), [&](const auto& pair) { return pair.first == &member; });
      if (there != kept.end()) {
        after = there->second;
        continue;
      }
      if (after == nullptr) return false;
      Tree map = Tree::Map();
      map.Set(member.first, member.second);
      const std::size_t at = LineEnd(EndOf(*after));
      edits_.push_back({at, at, "\n" + Indented(map.ToYaml(), column, true)});
    }
    return true;
  }

  bool Items(const YamlTextNode& node, const Json& old, const Tree& tree) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      const YamlTextEntry& entry = node.entries[i];
      if (next < tree.items.size() && tree.items[next].line == Line(*entry.value)) {
        if (!Value(entry, old[i], tree.items[next], node.column)) return false;
        ++next;
      } else if (!Delete(entry)) {
        return false;
      }
    }
    for (; next < tree.items.size(); ++next) {
      if (tree.items[next].line != 0) return false;  // they changed places
      Tree list = Tree::List();
      list.Add(tree.items[next]);
      const std::size_t at = LineEnd(EndOf(node.entries.back()));
      edits_.push_back({at, at, "\n" + Indented(list.ToYaml(), node.column, true)});
    }
    return true;
  }

  // Removes its lines, and the comment right above them.
  bool Delete(const YamlTextEntry& entry) {
    if (!BeginsLine(entry)) return false;
    std::size_t begin = LineStart(entry.begin);
    while (begin > 0) {
      const std::size_t above = LineStart(begin - 1);
      const std::string_view line = text_.substr(above, begin - 1 - above);
      if (!shared::Trim(line).starts_with('#')) break;
      begin = above;
    }
    edits_.push_back({begin, std::min(LineEnd(EndOf(entry)) + 1, text_.size()), ""});
    return true;
  }

  bool Replace(const YamlTextEntry& entry, Tree tree, std::size_t column) {
    tree.above.clear();
    tree.beside.clear();
    std::size_t end = EndOf(entry);
    Tree one = entry.key != nullptr ? Tree::Map() : Tree::List();
    if (entry.key == nullptr) {
      one.Add(std::move(tree));
      edits_.push_back({entry.begin, end, Indented(one.ToYaml(), column, false)});
      return true;
    }
    const std::size_t colon = text_.find(':', entry.key->end);
    if (colon == text_.npos) return false;
    end = std::max(end, colon + 1);
    one.Set("k", std::move(tree));
    const std::string written = one.ToYaml();
    edits_.push_back({colon, end, Indented(written.substr(1), column, false)});
    return true;
  }

  // Moves all lines, or all but the first, and cuts the last line break off.
  static std::string Indented(std::string_view yaml, std::size_t column, bool first) {
    while (yaml.ends_with('\n')) yaml.remove_suffix(1);
    std::string text;
    for (std::size_t at = 0; at <= yaml.size();) {
      const std::size_t end = std::min(yaml.find('\n', at), yaml.size());
      if ((first || at > 0) && end > at) text.append(column, ' ');
      text += yaml.substr(at, end - at);
      if (end < yaml.size()) text += '\n';
      at = end + 1;
    }
    return text;
  }

  std::string_view text_;
  int offset_;
  std::vector<Edit> edits_;
};

}  // namespace

std::optional<std::string> EditedSource(const Tree& tree) {
  const auto documents = ReadYamlText("", tree.source);
  if (!documents || documents->size() != 1) return std::nullopt;
  const YamlTextDocument& document = documents->front();
  Editor editor(tree.source, tree.source_line);
  if (!editor.Compare(*document.root, document.value, tree)) return std::nullopt;
  std::optional<std::string> edited = editor.Apply();
  if (!edited) return std::nullopt;
  if (!edited->ends_with('\n')) *edited += '\n';
  const auto read = ParseYaml("", *edited);
  return read && *read == tree.ToJson() ? edited : std::nullopt;
}

}  // namespace kubectl_ray
