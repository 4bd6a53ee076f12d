// Where the documents of a YAML text begin and end.
#pragma once

#include <string_view>
#include <vector>

namespace kubectl_ray {

struct YamlDocumentText {
  std::size_t line;  // the line in which it begins, from 0
  std::string_view text;
};

// Cuts before each line that begins with "---", as kubectl does. Comments, directives and empty lines belong
// to the document after them. The pieces make up the whole text; a piece may have no content. They are views
// into `text`.
std::vector<YamlDocumentText> SplitYamlDocuments(std::string_view text);

}  // namespace kubectl_ray
