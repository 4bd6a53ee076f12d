#include "kubectl-ray/injection/text_edits.h"

#include <algorithm>
#include <iterator>

namespace kubectl_ray {

std::string Edited(std::string_view text, std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const TextEdit& a, const TextEdit& b) { return a.begin < b.begin; });
  std::vector<TextEdit> own;
  for (TextEdit& edit : edits) {
    auto same_place = own.end();
    while (same_place != own.begin() && std::prev(same_place)->begin == edit.begin) --same_place;
    if (std::find(same_place, own.end(), edit) == own.end()) own.push_back(std::move(edit));
  }
  std::string edited;
  std::size_t at = 0;
  for (const TextEdit& edit : own) {
    if (edit.begin < at || edit.end < edit.begin || edit.end > text.size()) continue;
    edited += text.substr(at, edit.begin - at);
    edited += edit.text;
    at = edit.end;
  }
  return edited.append(text.substr(at));
}

std::size_t EndOfLine(std::string_view text, std::size_t offset) {
  const std::size_t end = std::min(text.find('\n', std::min(offset, text.size())), text.size());
  return end < text.size() && end > 0 && text[end - 1] == '\r' ? std::max(end - 1, std::min(offset, end - 1))
                                                               : end;
}

std::size_t BeginOfLine(std::string_view text, std::size_t offset) {
  if (offset == 0) return 0;
  const std::size_t line_break = text.rfind('\n', std::min(offset, text.size()) - 1);
  return line_break == text.npos ? 0 : line_break + 1;
}

std::string_view LineBreak(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end != text.npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

}  // namespace kubectl_ray
