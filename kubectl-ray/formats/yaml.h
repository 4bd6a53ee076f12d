// YAML in and out, as kubectl has it: JSON's data model, scalars as sigs.k8s.io/yaml reads them (YAML 1.1 as
// go.yaml.in/yaml/v2 knows it), merge keys. Of one key given twice kubectl takes the last; here that is an
// error.
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

// Bounds on what is read: a file of aliases can stand for far more than its own size.
inline constexpr std::size_t kMaxYamlBytes = 4u << 20;
inline constexpr std::size_t kMaxYamlNodes = 200'000;
inline constexpr int kMaxYamlDepth = 100;
inline constexpr std::size_t kMaxYamlDocuments = 100;

// Parses the one document in `text`; documents without content do not count, as in kubectl. `name` (a file, a
// flag) is for messages. kUsage says `name:line:column`.
shared::Result<YAML::Node> LoadYaml(std::string_view name, std::string_view text);
// Reads a file of at most kMaxYamlBytes; "-" is `standard_input`.
shared::Result<std::string> ReadYamlFile(const std::string& path, std::istream& standard_input);
// A node as JSON; plain scalars are resolved (null, booleans, numbers), quoted ones are strings. Keys that
// are numbers or booleans become what Go writes of them. A `<<` takes the place of what stands before it.
shared::Result<shared::Json> YamlToJson(std::string_view name, const YAML::Node& node);
// Both at once.
shared::Result<shared::Json> ParseYaml(std::string_view name, std::string_view text);
// All documents that have content.
shared::Result<std::vector<shared::Json>> ParseYamlDocuments(std::string_view name, std::string_view text);

// kUsage `name:line:column: cause`.
shared::Unexpected<shared::Error> YamlError(std::string_view name, const YAML::Node& at,
                                            std::string_view cause, std::string hint = "");

// The value as YAML, ending with a newline; ParseYaml gives the same value back.
std::string DumpYaml(const shared::Json& value);

}  // namespace kubectl_ray
