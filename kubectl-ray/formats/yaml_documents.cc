#include "kubectl-ray/formats/yaml_documents.h"

#include <algorithm>
#include <utility>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

bool IsSeparator(std::string_view line) {
  return line.starts_with("---") && (line.size() == 3 || line.find_first_of(" \t\r", 3) == 3);
}

bool IsPreamble(std::string_view line) {
  const std::string_view text = shared::Trim(line);
  return text.empty() || text.front() == '#' || line.front() == '%';
}

}  // namespace

std::vector<YamlDocumentText> SplitYamlDocuments(std::string_view text) {
  std::vector<YamlDocumentText> documents;
  std::size_t begin = 0, begin_line = 0, line_number = 0;
  bool has_content = false;
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (IsSeparator(line) && std::exchange(has_content, false)) {
      documents.push_back({begin_line, text.substr(begin, at - begin)});
      begin = at;
      begin_line = line_number;
    }
    has_content = has_content || !IsPreamble(line);
    at = end + 1;
  }
  documents.push_back({begin_line, text.substr(begin)});
  return documents;
}

}  // namespace kubectl_ray
