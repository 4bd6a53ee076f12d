#include <algorithm>
#include <set>

#include "kubectl-ray/convert/tree.h"
#include "kubectl-ray/formats/yaml_text.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

bool IsCollection(const YamlTextNode& node) { return node.is_map() || node.is_sequence(); }

// Walks a document's nodes in the order of the text and gives each comment to the value that it is next to:
// the lines above an entry or item, and what stands at the end of a line.
class TreeReader {
 public:
  TreeReader(std::string_view text, const YamlTextDocument& document)
      : text_(text), document_(document), at_(document.begin) {}

  Tree Read() {
    const YamlTextNode& root = *document_.root;
    if (root.style != YamlTextNode::Style::kBlock)
      at_ = root.begin;  // its comments have no entry to stand above
    Tree tree = Value(root, document_.value);
    tree.below = Trailing(&tree);
    KeepSource(&tree);
    return tree;
  }

 private:
  Tree Value(const YamlTextNode& node, const Json& value) {
    Tree tree = node.is_map() && value.is_object()       ? MapOf(node, value)
                : node.is_sequence() && value.is_array() ? ListOf(node, value)
                                                         : Tree(value);
    tree.line = static_cast<int>(node.line);
    Spell(node, &tree);
    at_ = std::max(at_, node.end);
    return tree;
  }

  // Only what is on one line; the writer has its own way of block scalars and long flow collections.
  void Spell(const YamlTextNode& node, Tree* tree) const {
    if (node.style == YamlTextNode::Style::kBlock || node.is_alias() ||
        node.kind == YamlTextNode::Kind::kNull)
      return;
    const std::string_view text = text_.substr(node.content, node.end - node.content);
    if (node.tag.empty() && text.find('\n') == text.npos) tree->spelling = std::string(text);
  }

  Tree MapOf(const YamlTextNode& node, const Json& value) {
    Tree tree = Tree::Map();
    std::set<std::string_view> own;
    for (const YamlTextEntry& entry : node.entries) {
      const auto member = value.find(entry.key->scalar);
      const bool merge = entry.key->scalar == "<<" && member == value.end();
      Tree read = Entry(entry, member != value.end() ? *member : Json());
      if (merge || member == value.end() || read.ToJson() != *member) continue;
      own.insert(entry.key->scalar);
      tree.members.emplace_back(entry.key->scalar, std::move(read));
    }
    // What << merges, and keys that are no texts.
    for (const auto& [key, member] : value.items())
      if (!own.contains(key)) {
        const YamlTextNode* merged = Member(node, key);
        tree.members.emplace_back(key, Tree(member));
        tree.members.back().second.line = static_cast<int>(merged != nullptr ? merged->line : node.line);
      }
    return tree;
  }

  Tree ListOf(const YamlTextNode& node, const Json& value) {
    Tree tree = Tree::List();
    for (std::size_t i = 0; i < node.entries.size() && i < value.size(); ++i)
      tree.items.push_back(Entry(node.entries[i], value[i]));
    return tree;
  }

  Tree Entry(const YamlTextEntry& entry, const Json& value) {
    std::vector<std::string> above = LinesUntil(entry.begin);
    if (entry.key != nullptr) at_ = std::max(at_, entry.key->end);
    const YamlTextNode& node = *entry.value;
    const bool block =
        IsCollection(node) && node.style == YamlTextNode::Style::kBlock && !node.entries.empty();
    std::string beside = block ? CommentBefore(node.entries.front().begin) : "";
    Tree tree = Value(node, value);
    if (beside.empty() && !block) beside = CommentOnLine();
    tree.above = std::move(above);
    tree.beside = std::move(beside);
    if (entry.key != nullptr) tree.line = static_cast<int>(entry.key->line);
    return tree;
  }

  // Returns the comment lines and empty lines from here to `end`, and goes there.
  std::vector<std::string> LinesUntil(std::size_t end) {
    std::vector<std::string> lines;
    if (end <= at_) return lines;
    const std::string_view gap = text_.substr(at_, end - at_);
    bool whole = at_ == 0 || text_[at_ - 1] == '\n';
    for (std::size_t i = 0; i < gap.size();) {
      const std::size_t newline = gap.find('\n', i);
      if (newline == gap.npos) break;  // the indentation of the entry itself
      const std::string_view line = shared::Trim(gap.substr(i, newline - i));
      if (whole && (line.empty() || line.front() == '#')) lines.emplace_back(line);
      whole = true;
      i = newline + 1;
    }
    at_ = end;
    return lines;
  }

  // Returns the comment on this line, if all before it is blank or a comma, and goes to its end.
  std::string CommentOnLine() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view rest = text_.substr(at_, end - at_);
    const std::size_t start = rest.find_first_not_of(" \t,\r");
    if (start == rest.npos || rest[start] != '#') return "";
    at_ = end;
    return std::string(shared::Trim(rest.substr(start)));
  }

  // Returns the comment on the line of a key whose value begins below, at `end`.
  std::string CommentBefore(std::size_t end) {
    if (end <= at_) return "";
    const std::size_t newline = std::min(text_.find('\n', at_), end);
    const std::string_view rest = text_.substr(at_, newline - at_);
    const std::size_t start = rest.find(" #");
    if (start == rest.npos) return "";
    at_ = newline;
    return std::string(shared::Trim(rest.substr(start)));
  }

  // Without the `---` before the document, if that stands on a line of its own.
  void KeepSource(Tree* tree) const {
    std::string_view text = text_.substr(document_.begin, document_.end - document_.begin);
    int line = static_cast<int>(document_.line);
    for (bool more = true; more && !text.empty();) {
      const std::string_view first = shared::FirstLine(text);
      more = shared::Trim(first).empty() || shared::Trim(first) == "---";
      if (!more) break;
      text.remove_prefix(std::min(first.size() + 1, text.size()));
      ++line;
    }
    while (text.ends_with("\n\n")) text.remove_suffix(1);
    if (text.find("\n---") != text.npos || text.find("\n...") != text.npos || text.starts_with("---") ||
        text.starts_with('%'))
      return;
    tree->source = std::string(text);
    tree->source_line = line;
  }

  std::vector<std::string> Trailing(Tree* tree) {
    if (tree->beside.empty()) CommentOnLine();
    std::vector<std::string> lines = LinesUntil(document_.end);
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
  }

  std::string_view text_;
  const YamlTextDocument& document_;
  std::size_t at_;
};

}  // namespace

shared::Result<std::vector<Tree>> ParseTrees(std::string_view name, std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<YamlTextDocument> documents, ReadYamlText(name, text));
  std::vector<Tree> trees;
  trees.reserve(documents.size());
  for (const YamlTextDocument& document : documents) trees.push_back(TreeReader(text, document).Read());
  return trees;
}

}  // namespace kubectl_ray
