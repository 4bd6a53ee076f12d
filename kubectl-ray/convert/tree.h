// A YAML document as its author wrote it: the order of keys, the comments, the spelling of scalars and the
// line of each value, so that what is moved into another document takes them along. Pure.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

class Tree {
 public:
  enum class Kind { kScalar, kMap, kList };
  using Member = std::pair<std::string, Tree>;

  Tree() = default;                          // null
  explicit Tree(const shared::Json& value);  // with nothing but the value
  static Tree Map() { return Tree(shared::Json::object()); }
  static Tree List() { return Tree(shared::Json::array()); }

  Kind kind = Kind::kScalar;
  shared::Json scalar;          // of a scalar
  std::vector<Member> members;  // of a map, without a key twice
  std::vector<Tree> items;      // of a list

  int line = 0;          // in the source, from 1; 0 if it was made here
  std::string spelling;  // how a scalar or a one-line flow collection stands in the source, or empty
  std::vector<std::string> above;  // the lines above the entry or item, without indentation: "# ..." or ""
  std::string beside;              // "# ..." on the line of the entry or item, or empty

  // Of a whole document alone: the comment lines after its last value; its text without the `---` before it,
  // and the line where that begins.
  std::vector<std::string> below;
  std::string source;
  int source_line = 1;

  bool is_map() const { return kind == Kind::kMap; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_null() const { return kind == Kind::kScalar && scalar.is_null(); }
  bool is_string() const { return kind == Kind::kScalar && scalar.is_string(); }
  // Whether there is nothing in it: null, {} or [].
  bool empty() const;

  // Returns the member of this key, or nullptr. The pointer lasts until members are added or removed.
  const Tree* Find(std::string_view key) const;
  Tree* Find(std::string_view key);
  // Returns the value at a path of keys, or nullptr.
  const Tree* At(std::initializer_list<std::string_view> path) const;
  Tree* At(std::initializer_list<std::string_view> path);
  // Returns the string at the path, or an empty one.
  std::string StringAt(std::initializer_list<std::string_view> path) const;
  // Returns the line of the value at the path, or of the deepest part of it that is there.
  int LineAt(std::initializer_list<std::string_view> path) const;

  // Sets a member, at the end if there is none of this key. A value without comments of its own keeps those
  // of the one that it replaces. Makes a map of what is null. REQUIRES: a map or null.
  Tree& Set(std::string_view key, Tree value);
  Tree& Set(std::string_view key, const shared::Json& value) { return Set(key, Tree(value)); }
  // Returns the member, and makes a null one if there is none.
  Tree& Get(std::string_view key);
  // Removes the member and returns it, null if there is none.
  Tree Take(std::string_view key);
  bool Remove(std::string_view key);
  void Add(Tree item) { items.push_back(std::move(item)); }

  // Returns the value alone.
  shared::Json ToJson() const;
  // Returns YAML, ending with a newline; ParseYaml() of it is ToJson(). A whole document that changed in
  // places is its own text with just these changed; everything else has two spaces for each level.
  std::string ToYaml() const;
};

// Parses all documents that have content, with the bounds and the meaning of formats/yaml.h; aliases and
// merge keys are resolved. kUsage names `name:line`.
shared::Result<std::vector<Tree>> ParseTrees(std::string_view name, std::string_view text);

}  // namespace kubectl_ray
