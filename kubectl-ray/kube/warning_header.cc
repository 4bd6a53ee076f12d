#include "kubectl-ray/kube/warning_header.h"

#include <algorithm>
#include <optional>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

// Takes the word at the beginning of `text`, and the space after it, off `text`.
std::string_view TakeWord(std::string_view* text) {
  const std::size_t end = std::min(text->find(' '), text->size());
  const std::string_view word = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return word;
}

// Takes the quoted string at the beginning off `text`, and returns it without its quotes.
std::optional<std::string> TakeQuoted(std::string_view* text) {
  if (!text->starts_with('"')) return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i < text->size(); ++i) {
    char c = (*text)[i];
    if (c == '"') {
      text->remove_prefix(i + 1);
      return value;
    }
    if (c == '\\' && ++i < text->size()) c = (*text)[i];
    value += c;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> ParseWarningHeader(std::string_view header) {
  std::vector<std::string> texts;
  for (header = shared::Trim(header); !header.empty(); header = shared::Trim(header)) {
    const std::string_view code = TakeWord(&header);
    const std::string_view agent = TakeWord(&header);
    std::optional<std::string> text = TakeQuoted(&header);
    if (code.size() != 3 || agent.empty() || !text) break;
    if (code == "299") texts.push_back(*std::move(text));
    header = shared::Trim(header);
    if (header.starts_with('"') && !TakeQuoted(&header)) break;  // a date
    header = shared::Trim(header);
    if (!header.starts_with(',')) break;
    header.remove_prefix(1);
  }
  return texts;
}

}  // namespace kubectl_ray
