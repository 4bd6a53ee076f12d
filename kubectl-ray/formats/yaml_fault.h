// What yaml-cpp takes in a text and kubectl's parser refuses.
#pragma once

#include <yaml-cpp/mark.h>

#include <optional>
#include <string>

namespace kubectl_ray {

struct YamlFault {
  YAML::Mark mark;
  const char* cause;  // a clause, such as "there is no colon after the key"
};

// Checks that `text` is one document and a whole one: no second document without `---` before it (for which
// YAML::LoadAll() would return documents without end), no last key without a colon, and no quote that is
// never closed. Throws what yaml-cpp throws.
std::optional<YamlFault> FindYamlFault(const std::string& text);

}  // namespace kubectl_ray
