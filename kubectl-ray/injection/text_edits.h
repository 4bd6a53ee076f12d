// Changes of a text by position. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kubectl_ray {

struct TextEdit {
  std::size_t begin = 0;
  std::size_t end = 0;  // equal to begin: an insertion
  std::string text;

  bool operator==(const TextEdit&) const = default;
};

// Returns the text with all edits, which may come in any order. Equal ones count once; insertions at one
// place stay in their order. Of edits that overlap, the first by place counts.
std::string Edited(std::string_view text, std::vector<TextEdit> edits);

// The end of the line that holds the offset, before its line break (CRLF is one).
std::size_t EndOfLine(std::string_view text, std::size_t offset);
// The beginning of the line that holds the offset.
std::size_t BeginOfLine(std::string_view text, std::size_t offset);
// The line break that the text uses: that of its first line.
std::string_view LineBreak(std::string_view text);

}  // namespace kubectl_ray
