#include "kubectl-ray/apply/field_path.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

// Of `name="x"` the x; of anything else all of it.
std::string ItemName(std::string_view text) {
  const std::size_t quote = text.find("=\"");
  if (quote == text.npos || !text.ends_with('"') || quote + 3 > text.size()) return std::string(text);
  text = text.substr(quote + 2);
  return std::string(text.substr(0, text.size() - 1));
}

}  // namespace

std::string FieldPath::ToText() const {
  std::string text;
  for (const Step& step : steps_)
    if (step.is_item || step.name.find_first_of("./[]") != step.name.npos)
      text += "[" + step.name + "]";
    else
      text += (text.empty() ? "" : ".") + step.name;
  return text;
}

FieldPath ParseFieldPath(std::string_view text) {
  FieldPath path;
  while (!text.empty()) {
    if (text.front() == '[') {
      const std::size_t end = text.find(']');
      if (end == text.npos) return path;
      path = path.Item(ItemName(text.substr(1, end - 1)));
      text.remove_prefix(end + 1);
      continue;
    }
    if (text.front() == '.') text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of(".["), text.size());
    if (end == 0 && !text.starts_with('[')) return path;
    if (end > 0) path = path.Member(std::string(text.substr(0, end)));
    text.remove_prefix(end);
  }
  return path;
}

bool BeginsWith(std::string_view path_text, std::string_view pattern) {
  const FieldPath path = ParseFieldPath(path_text);
  std::size_t step = 0;
  while (!pattern.empty()) {
    const std::size_t end = std::min(pattern.find('.'), pattern.size());
    if (step == path.steps().size()) return false;
    const std::string_view wanted = pattern.substr(0, end);
    if (wanted != "*" && wanted != path.steps()[step].name) return false;
    ++step;
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return true;
}

}  // namespace kubectl_ray
