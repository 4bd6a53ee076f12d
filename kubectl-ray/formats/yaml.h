// Reads and writes YAML as kubectl does: with JSON's data model, scalars as sigs.k8s.io/yaml reads them (YAML
// 1.1 as go.yaml.in/yaml/v2 knows it), and merge keys. If a key is given twice, kubectl takes the last one;
// here that is an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace YAML {
class Node;
}

namespace kubectl_ray {

// Bounds on what is read, because a file of aliases can stand for far more than its own size.
inline constexpr std::size_t kMaxYamlBytes = 4u << 20;
inline constexpr std::size_t kMaxYamlNodes = 200'000;
inline constexpr int kMaxYamlDepth = 100;
inline constexpr std::size_t kMaxYamlDocuments = 100;

// Parses the one document in `text`; documents without content do not count, as in kubectl. `name` (of a file
// or a flag) is for messages. kUsage says `name:line:column`.
shared::Result<YAML::Node> LoadYaml(std::string_view name, std::string_view text);
// Reads a file of at most kMaxYamlBytes; "-" means `standard_input`.
shared::Result<std::string> ReadYamlFile(const std::string& path, std::istream& standard_input);
// Converts a node to JSON. Plain scalars are resolved (null, booleans, numbers), quoted ones are strings.
// Keys that are numbers or booleans become the text that Go writes for them. A `<<` overrides members that
// are written before it.
shared::Result<shared::Json> YamlToJson(std::string_view name, const YAML::Node& node);
// Does LoadYaml() and YamlToJson() in one call.
shared::Result<shared::Json> ParseYaml(std::string_view name, std::string_view text);
// Parses all documents that have content.
shared::Result<std::vector<shared::Json>> ParseYamlDocuments(std::string_view name, std::string_view text);

// Returns kUsage with the message `name:line:column: cause`.
shared::Unexpected<shared::Error> YamlError(std::string_view name, const YAML::Node& at,
                                            std::string_view cause, std::string hint = "");

// Returns the value as YAML, ending with a newline. ParseYaml() of it returns the same value.
std::string DumpYaml(const shared::Json& value);

}  // namespace kubectl_ray
