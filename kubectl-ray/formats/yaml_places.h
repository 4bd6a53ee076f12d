// Where the pieces of a YAML text end, once it is known where they begin. For yaml_text.h, whose parser says
// only the latter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/formats/yaml_text.h"

namespace kubectl_ray {

class YamlPlaces {
 public:
  // The text must outlive the object. Offsets beyond its end are taken as its end.
  explicit YamlPlaces(std::string_view text) : text_(text) {}

  // Returns the byte at an offset, or 0 at the end.
  char At(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  std::string_view Text(std::size_t begin, std::size_t end) const;
  // Returns how many bytes are between the beginning of the line and the offset.
  std::size_t Column(std::size_t offset) const;

  // Reads anchor and tag, in either order, and returns where the content begins (or would).
  std::size_t ReadProperties(std::size_t begin, std::string* anchor, std::string* tag) const;
  // Returns where anchor and tag themselves end.
  std::size_t EndOfProperties(std::size_t begin) const;
  // Returns the end of an anchor's or alias's name.
  std::size_t EndOfWord(std::size_t begin) const;

  YamlTextNode::Style ScalarStyle(std::size_t content) const;
  // Returns the end of a scalar, or nothing if the text does not read as `value` there. `parent` is the
  // collection it is in, or null; a block scalar has to be indented deeper.
  std::optional<std::size_t> EndOfScalar(std::size_t content, YamlTextNode::Style style,
                                         std::string_view value, const YamlTextNode* parent) const;

  // Skips white space, comments, and the characters `,`, `:` and `?` from an offset until `wanted` or
  // something else. Returns where it stands.
  std::size_t SkipTo(std::size_t offset, char wanted) const;
  // Returns the offset after the next `wanted`, or `offset` if there is something else before it.
  std::size_t AfterCharacter(std::size_t offset, char wanted) const;
  // Returns where the text goes on after white space and comments; never more than `limit`.
  std::size_t After(std::size_t offset, std::size_t limit) const;
  // Returns the length of the word for null that stands there, or 0.
  std::size_t NullLength(std::size_t offset) const;

 private:
  std::size_t SkipBlank(std::size_t offset) const;
  std::size_t EndOfLine(std::size_t offset) const;
  std::optional<std::size_t> EndOfPlain(std::size_t content, std::string_view value) const;
  std::optional<std::size_t> EndOfQuoted(std::size_t content) const;
  std::size_t EndOfBlock(std::size_t content, const YamlTextNode* parent) const;

  std::string_view text_;
};

}  // namespace kubectl_ray
