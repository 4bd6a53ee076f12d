#include "kubectl-ray/formats/yaml_places.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

using Style = YamlTextNode::Style;

constexpr std::string_view kBlanks = " \t\r\n";

bool IsBlank(char c) { return c != '\0' && kBlanks.find(c) != kBlanks.npos; }

std::size_t Indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

}  // namespace

std::string_view YamlPlaces::Text(std::size_t begin, std::size_t end) const {
  begin = std::min(begin, text_.size());
  return text_.substr(begin, std::max(end, begin) - begin);
}

std::size_t YamlPlaces::Column(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t line_break = offset == 0 ? text_.npos : text_.rfind('\n', offset - 1);
  return line_break == text_.npos ? offset : offset - line_break - 1;
}

std::size_t YamlPlaces::EndOfLine(std::size_t offset) const {
  return std::min(text_.find('\n', std::min(offset, text_.size())), text_.size());
}

std::size_t YamlPlaces::SkipBlank(std::size_t offset) const {
  for (;;) {
    while (IsBlank(At(offset))) ++offset;
    if (At(offset) != '#') return offset;
    offset = EndOfLine(offset);
  }
}

std::size_t YamlPlaces::EndOfWord(std::size_t begin) const {
  return std::min(text_.find_first_of(" \t\r\n,[]{}", std::min(begin, text_.size())), text_.size());
}

std::size_t YamlPlaces::EndOfProperties(std::size_t begin) const {
  std::size_t end = begin;
  for (std::size_t at = begin; At(at) == '&' || At(at) == '!'; at = SkipBlank(end)) {
    end = At(at + 1) == '<' ? std::min(text_.find('>', at), text_.size() - 1) + 1 : EndOfWord(at + 1);
  }
  return end;
}

std::size_t YamlPlaces::ReadProperties(std::size_t begin, std::string* anchor, std::string* tag) const {
  std::size_t at = begin;
  while (At(at) == '&' || At(at) == '!') {
    const bool verbatim = At(at) == '!' && At(at + 1) == '<';
    const std::size_t end =
        verbatim ? std::min(text_.find('>', at), text_.size() - 1) + 1 : EndOfWord(at + 1);
    *(At(at) == '&' ? anchor : tag) = std::string(Text(At(at) == '&' ? at + 1 : at, end));
    at = SkipBlank(end);
  }
  return at;
}

Style YamlPlaces::ScalarStyle(std::size_t content) const {
  switch (At(content)) {
    case '"':
      return Style::kDoubleQuoted;
    case '\'':
      return Style::kSingleQuoted;
    case '|':
      return Style::kLiteral;
    case '>':
      return Style::kFolded;
    default:
      return Style::kPlain;
  }
}

std::optional<std::size_t> YamlPlaces::EndOfScalar(std::size_t content, Style style, std::string_view value,
                                                   const YamlTextNode* parent) const {
  if (style == Style::kPlain) return EndOfPlain(content, value);
  if (style == Style::kLiteral || style == Style::kFolded) return EndOfBlock(content, parent);
  return EndOfQuoted(content);
}

// A plain scalar has no escapes: its lines are joined, and that is all that differs between text and value.
std::optional<std::size_t> YamlPlaces::EndOfPlain(std::size_t content, std::string_view value) const {
  std::size_t at = content;
  for (std::size_t i = 0; i < value.size();) {
    if (!IsBlank(value[i])) {
      if (At(at) != value[i]) return std::nullopt;
      ++at, ++i;
      continue;
    }
    if (!IsBlank(At(at))) return std::nullopt;
    while (i < value.size() && IsBlank(value[i])) ++i;
    while (IsBlank(At(at))) ++at;
  }
  return at;
}

std::optional<std::size_t> YamlPlaces::EndOfQuoted(std::size_t content) const {
  const char quote = At(content);
  for (std::size_t at = content + 1; at < text_.size(); ++at) {
    if (quote == '"' && text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      if (quote == '"' || At(at + 1) != quote) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

// All lines that are indented deeper than the parent are in it. Those that are empty count if a line follows.
std::size_t YamlPlaces::EndOfBlock(std::size_t content, const YamlTextNode* parent) const {
  std::size_t end = EndOfLine(content);
  const std::size_t header_end = end;
  std::optional<std::size_t> indentation;
  const std::string_view header = Text(content, std::min(header_end, text_.find_first_of(" \t\r#", content)));
  if (const std::size_t digit = header.find_first_of("123456789"); digit != header.npos)
    indentation = (parent ? parent->column : 0) + static_cast<std::size_t>(header[digit] - '0');
  for (std::size_t at = end; at < text_.size();) {
    const std::size_t begin = at + 1, line_end = EndOfLine(begin);
    const std::string_view line = Text(begin, line_end);
    at = line_end;
    const std::size_t spaces = Indentation(line);
    const bool empty = line.find_first_not_of(" \r") == line.npos;
    if (empty && (!indentation || spaces <= *indentation)) continue;
    if (!indentation) indentation = spaces;
    if (spaces < *indentation || (parent && spaces <= parent->column && parent->column > 0)) break;
    if (!parent && (line.starts_with("---") || line.starts_with("..."))) break;
    end = line_end;
  }
  if (end > header_end && At(end - 1) == '\r') --end;
  return end;
}

std::size_t YamlPlaces::SkipTo(std::size_t offset, char wanted) const {
  for (offset = SkipBlank(offset); offset < text_.size() && At(offset) != wanted;
       offset = SkipBlank(offset + 1))
    if (std::string_view(",:?").find(At(offset)) == std::string_view::npos) break;
  return offset;
}

std::size_t YamlPlaces::AfterCharacter(std::size_t offset, char wanted) const {
  const std::size_t at = SkipBlank(offset);
  return At(at) == wanted ? at + 1 : offset;
}

std::size_t YamlPlaces::After(std::size_t offset, std::size_t limit) const {
  return std::min(SkipBlank(offset), limit);
}

std::size_t YamlPlaces::NullLength(std::size_t offset) const {
  const std::string_view word = Text(offset, EndOfWord(offset));
  return word == "~" || word == "null" || word == "Null" || word == "NULL" ? word.size() : 0;
}

}  // namespace kubectl_ray
