// YAML with the place of each value in its text, for those who change a text and not only read it. JSON is
// YAML in flow style. What the values mean is yaml.h's to say; this says where they stand.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

struct YamlTextNode;

// A member of a map, or an item of a sequence.
struct YamlTextEntry {
  std::size_t begin = 0;  // of a block sequence's item its dash; else where the key or item begins
  const YamlTextNode* key = nullptr;  // null in a sequence
  const YamlTextNode* value = nullptr;
};

// All offsets count bytes from the beginning of the whole text.
struct YamlTextNode {
  enum class Kind { kNull, kScalar, kSequence, kMap, kAlias };
  // kNone: an alias, or a null that is not written at all. A null written as `null` or `~` is kPlain.
  enum class Style { kNone, kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded, kBlock, kFlow };

  Kind kind = Kind::kNull;
  Style style = Style::kNone;
  std::size_t begin = 0;    // its first byte, with its anchor and tag
  std::size_t content = 0;  // its first byte after anchor and tag; of a block sequence its first dash
  // The byte after its last one: comments and line breaks after it are not in it, nor are the empty lines at
  // the end of a block scalar. The end of a block collection is that of its last value.
  std::size_t end = 0;
  std::size_t line = 0;    // the line of `begin`, from 1
  std::size_t column = 0;  // bytes between the beginning of its line and `content`: the indentation of a
                           // block collection
  std::string anchor;      // without &; of an alias, the name after *
  std::string tag;         // as it is written, such as !!str; empty without one
  std::string scalar;      // a scalar's text, without quotes
  std::vector<YamlTextEntry> entries;
  const YamlTextNode* target = nullptr;  // what an alias stands for

  bool is_map() const { return kind == Kind::kMap; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_alias() const { return kind == Kind::kAlias; }
};

struct YamlTextDocument {
  std::size_t begin = 0;  // of all that belongs to it: comments before it, its --- and what follows
  std::size_t end = 0;
  std::size_t line = 0;  // the line of `begin`, from 1
  const YamlTextNode* root = nullptr;
  shared::Json value;  // what kubectl reads of it (yaml.h): aliases and merge keys resolved
  std::vector<std::unique_ptr<YamlTextNode>> nodes;  // owns all of the above
};

// Reads all documents with content, with yaml.h's bounds and errors. `name` is for messages. Bytes that YAML
// does not allow (control characters) are refused with kUsage, as their reader would stop at some of them.
shared::Result<std::vector<YamlTextDocument>> ReadYamlText(std::string_view name, std::string_view text);

// Returns what an alias stands for, or the node itself.
const YamlTextNode& Resolved(const YamlTextNode& node);

// Returns the entry that is written in this very map (or in the one that an alias stands for) under the key,
// or null.
const YamlTextEntry* OwnMember(const YamlTextNode& node, std::string_view key);

// Returns the value of that key, with its alias resolved, looked for in the map and then in what `<<` merges
// into it, or null. Use it to name a line; the value that counts is the document's.
const YamlTextNode* Member(const YamlTextNode& node, std::string_view key);

// Returns the item of a sequence, with its alias resolved, or null.
const YamlTextNode* Item(const YamlTextNode& node, std::size_t index);

// Returns the line of an offset, from 1.
std::size_t LineAt(std::string_view text, std::size_t offset);

}  // namespace kubectl_ray
