#include "kubectl-ray/formats/yaml_text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/formats/yaml_documents.h"
#include "kubectl-ray/formats/yaml_places.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using Kind = YamlTextNode::Kind;
using Style = YamlTextNode::Style;

constexpr int kMaxMerges = 20;  // a `<<` may name a map with a `<<`

// Makes the tree of one document of yaml-cpp's events, which say where values begin. Where they end is read
// from the text.
class TreeBuilder : public YAML::EventHandler {
 public:
  // `base`: offset of the text that yaml-cpp reads; `line`: its line, from 0.
  TreeBuilder(std::string_view text, std::size_t base, std::size_t line, YamlTextDocument* document)
      : places_(text), base_(base), line_(line), document_(*document) {}

  // Whether the places were found. If not, `broken_line` is the first line of what could not be placed.
  bool ok() const { return broken_line == 0; }
  std::size_t broken_line = 0;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  // yaml-cpp says of a null that is not written where the next token is.
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlTextNode& node = Make(Kind::kNull, mark, anchor);
    const std::size_t after = AfterIndicator();
    const std::size_t length = places_.NullLength(node.content);
    const bool inside = open_.empty() || open_.back()->style == Style::kFlow ||
                        places_.Column(node.content) > open_.back()->column;
    const bool here = anchor != 0 || !node.tag.empty() || places_.After(after, node.begin) == node.begin;
    if (length > 0 && inside && here) {
      node.style = Style::kPlain;
      node.end = node.content + length;
    } else if (anchor != 0) {
      node.end = node.content = places_.EndOfProperties(node.begin);
    } else {
      node.begin = node.content = node.end = after;
      node.line = LineAfterIndicator(after);
      node.anchor.clear();
      node.tag.clear();
    }
    Add(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlTextNode& node = Make(Kind::kAlias, mark, 0);
    const auto target = anchors_.find(anchor);
    node.end = places_.EndOfWord(node.begin + 1);
    if (target == anchors_.end() || places_.At(node.begin) != '*') return Break(node);
    node.target = target->second;
    node.anchor = std::string(places_.Text(node.begin + 1, node.end));
    Add(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlTextNode& node = Make(Kind::kScalar, mark, anchor);
    node.scalar = value;
    node.style = places_.ScalarStyle(node.content);
    const std::optional<std::size_t> end =
        places_.EndOfScalar(node.content, node.style, value, open_.empty() ? nullptr : open_.back());
    if (!end) return Break(node);
    node.end = *end;
    Add(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(Make(Kind::kSequence, mark, anchor), style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(Make(Kind::kMap, mark, anchor), style);
  }
  void OnSequenceEnd() override { Close(']'); }
  void OnMapEnd() override { Close('}'); }

 private:
  YamlTextNode& Make(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlTextNode& node = *document_.nodes.emplace_back(std::make_unique<YamlTextNode>());
    node.kind = kind;
    node.begin = base_ + static_cast<std::size_t>(mark.pos);
    node.line = line_ + static_cast<std::size_t>(mark.line) + 1;
    node.content = places_.ReadProperties(node.begin, &node.anchor, &node.tag);
    if (anchor != 0) anchors_[anchor] = &node;
    return node;
  }

  void Open(YamlTextNode& node, YAML::EmitterStyle::value style) {
    node.style = style == YAML::EmitterStyle::Flow ? Style::kFlow : Style::kBlock;
    Add(node);
    open_.push_back(&node);
    key_.push_back(nullptr);
  }

  // A flow collection ends with its bracket, unless it is the one pair of `[a: b]`, which has none.
  void Close(char bracket) {
    if (open_.empty()) return;
    YamlTextNode& node = *open_.back();
    open_.pop_back();
    key_.pop_back();
    const bool bracketed =
        node.style == Style::kFlow && places_.At(node.content) == (bracket == ']' ? '[' : '{');
    node.end = node.entries.empty() ? node.content + (bracketed ? 1 : 0) : node.entries.back().value->end;
    if (!bracketed) return;
    node.end = places_.SkipTo(node.end, bracket);
    if (places_.At(node.end) != bracket) return Break(node);
    ++node.end;
  }

  // The value before the next one: its key, its elder sibling, or nothing.
  const YamlTextNode* Before() const {
    if (key_.back()) return key_.back();
    return open_.back()->entries.empty() ? nullptr : open_.back()->entries.back().value;
  }

  // Where a value stands that is not written: after its colon or dash, or where the collection's content is.
  std::size_t AfterIndicator() const {
    if (open_.empty()) return base_;
    const YamlTextNode& parent = *open_.back();
    const bool bracket = parent.style == Style::kFlow &&
                         (places_.At(parent.content) == '[' || places_.At(parent.content) == '{');
    const std::size_t from = Before() ? Before()->end : parent.content + (bracket ? 1 : 0);
    if (key_.back()) return places_.AfterCharacter(from, ':');
    if (parent.style == Style::kFlow) return Before() ? places_.AfterCharacter(from, ',') : from;
    return parent.is_sequence() ? places_.AfterCharacter(from, '-') : from;
  }
  std::size_t LineAfterIndicator(std::size_t offset) const {
    if (open_.empty()) return line_ + 1;
    const YamlTextNode& from = Before() ? *Before() : *open_.back();
    const std::string_view between = places_.Text(from.begin, offset);
    return from.line + static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
  }

  void Add(YamlTextNode& node) {
    node.column = places_.Column(node.content);
    if (open_.empty()) {
      document_.root = &node;
      return;
    }
    YamlTextNode& parent = *open_.back();
    YamlTextEntry entry{node.begin, nullptr, &node};
    if (parent.is_map()) {
      if (!key_.back()) {
        key_.back() = &node;
        return;
      }
      entry.key = std::exchange(key_.back(), nullptr);
      entry.begin = entry.key->begin;
    } else if (parent.style == Style::kBlock) {
      const std::size_t from = parent.entries.empty() ? parent.content : parent.entries.back().value->end;
      entry.begin = places_.SkipTo(from, '-');
      if (places_.At(entry.begin) != '-' || entry.begin > node.begin) return Break(node);
    }
    parent.entries.push_back(entry);
  }

  void Break(const YamlTextNode& node) {
    if (broken_line == 0) broken_line = std::max<std::size_t>(node.line, 1);
  }

  YamlPlaces places_;
  std::size_t base_, line_;
  YamlTextDocument& document_;
  std::map<YAML::anchor_t, const YamlTextNode*> anchors_;
  std::vector<YamlTextNode*> open_;
  std::vector<const YamlTextNode*> key_;  // for each open map, the key whose value is not there yet
};

shared::Status CheckBytes(std::string_view name, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
      return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ":" +
                                         std::to_string(LineAt(text, i)) +
                                         ": it has a control character, which YAML does not allow");
  }
  return shared::Ok();
}

// Reads where the values of one document stand. Returns false if it has none.
shared::Result<bool> Place(std::string_view name, std::string_view text, const YamlDocumentText& piece,
                           YamlTextDocument* document) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // yaml-cpp skips it without counting it
  document->begin = static_cast<std::size_t>(piece.text.data() - text.data());
  document->end = document->begin + piece.text.size();
  document->line = piece.line + 1;
  const std::size_t base = document->begin + (piece.text.starts_with(kMark) ? kMark.size() : 0);
  TreeBuilder builder(text.substr(0, document->end), base, piece.line, document);
  std::istringstream in{std::string(piece.text)};
  YAML::Parser parser(in);
  const bool found = parser.HandleNextDocument(builder);
  if (!builder.ok())
    return Fail(ErrorCode::kUsage,
                "cannot read " + std::string(name) + ":" + std::to_string(builder.broken_line) +
                    ": it is written in a way that cannot be placed",
                "Write the value in plain block style.");
  return found && document->root && document->root->kind != Kind::kNull;
}

const YamlTextNode* MergedMember(const YamlTextNode& node, std::string_view key, int merges) {
  if (const YamlTextEntry* own = OwnMember(node, key)) return &Resolved(*own->value);
  const YamlTextEntry* merge = merges > 0 ? OwnMember(node, "<<") : nullptr;
  if (!merge) return nullptr;
  const YamlTextNode& from = Resolved(*merge->value);
  if (from.is_map()) return MergedMember(from, key, merges - 1);
  for (const YamlTextEntry& item : from.entries)
    if (const YamlTextNode* found = MergedMember(*item.value, key, merges - 1)) return found;
  return nullptr;
}

}  // namespace

shared::Result<std::vector<YamlTextDocument>> ReadYamlText(std::string_view name, std::string_view text) {
  ASSIGN_OR_RETURN(std::vector<shared::Json> values, ParseYamlDocuments(name, text));
  TRY(CheckBytes(name, text));
  std::vector<YamlTextDocument> documents;
  try {
    for (const YamlDocumentText& piece : SplitYamlDocuments(text)) {
      YamlTextDocument document;
      ASSIGN_OR_RETURN(const bool has_content, Place(name, text, piece, &document));
      if (!has_content) continue;
      if (documents.size() == values.size()) break;
      document.value = std::move(values[documents.size()]);
      documents.push_back(std::move(document));
    }
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": " + e.msg);
  }
  if (documents.size() == values.size()) return documents;
  return Fail(ErrorCode::kUsage, "cannot read " + std::string(name) + ": its documents cannot be told apart");
}

const YamlTextNode& Resolved(const YamlTextNode& node) { return node.target ? *node.target : node; }

const YamlTextEntry* OwnMember(const YamlTextNode& node, std::string_view key) {
  const YamlTextNode& map = Resolved(node);
  if (!map.is_map()) return nullptr;
  for (const YamlTextEntry& entry : map.entries)
    if (const YamlTextNode& name = Resolved(*entry.key); name.entries.empty() && name.scalar == key)
      return &entry;
  return nullptr;
}

const YamlTextNode* Member(const YamlTextNode& node, std::string_view key) {
  return MergedMember(node, key, kMaxMerges);
}

const YamlTextNode* Item(const YamlTextNode& node, std::size_t index) {
  const YamlTextNode& sequence = Resolved(node);
  if (!sequence.is_sequence() || index >= sequence.entries.size()) return nullptr;
  return &Resolved(*sequence.entries[index].value);
}

std::size_t LineAt(std::string_view text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

}  // namespace kubectl_ray
