// The kubeconfig files as written, merged by client-go's rules but not yet judged: an entry nobody chose may
// be wrong without harm.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// One named entry, or any mapping inside it: where it was written, for messages and relative paths.
class ConfigSection {
 public:
  ConfigSection() = default;
  ConfigSection(const YAML::Node& node, std::string file, std::string field)
      : node_(node), file_(std::move(file)), field_(std::move(field)) {}

  bool defined() const { return node_.IsDefined() && !node_.IsNull(); }

  // Each: an absent or null member is empty; another type is kUsage naming file, field, line and column.
  shared::Result<std::string> String(const std::string& key) const;
  shared::Result<bool> Bool(const std::string& key) const;
  shared::Result<ConfigSection> Section(const std::string& key) const;  // defined() tells whether it is there
  shared::Result<std::vector<std::string>> Strings(const std::string& key) const;
  shared::Result<std::vector<ConfigSection>> Sections(const std::string& key) const;
  // A member of any kind as JSON; null where it is not there.
  shared::Result<shared::Json> Value(const std::string& key) const;
  // The members' names in the file's order; those that are no strings are left out.
  std::vector<std::string> Keys() const;

  // A path written in this file: relative ones are relative to the file's directory.
  std::string ResolvePath(const std::string& path) const;

  // kUsage: `cannot use "FILE": FIELD.key CAUSE (line L, column C)`.
  shared::Unexpected<shared::Error> Wrong(const std::string& key, std::string_view cause) const;

 private:
  YAML::Node Member(const std::string& key) const;

  YAML::Node node_;
  std::string file_;
  std::string field_;  // "users[2].user"
};

struct NamedSection {
  std::string name;
  ConfigSection section;
};

struct ConfigFiles {
  std::vector<std::string> paths;  // those that exist
  std::string current_context;
  std::vector<NamedSection> clusters;  // first of a name wins
  std::vector<NamedSection> contexts;
  std::vector<NamedSection> users;
};

// Reads and merges. `required`: a file that is missing is an error (--kubeconfig), else it is passed over
// (KUBECONFIG's list). Files over 16 MiB are refused. Errors: kUsage, with line and column where it is
// syntax.
shared::Result<ConfigFiles> ReadConfigFiles(const std::vector<std::string>& paths, bool required);

// Reads a whole file of at most `max_bytes`; kUsage naming it where it cannot be read or is larger.
shared::Result<std::string> ReadWholeFile(const std::string& path, std::size_t max_bytes);

// nullptr where there is none of that name.
const ConfigSection* FindSection(const std::vector<NamedSection>& sections, std::string_view name);

}  // namespace kubectl_ray
