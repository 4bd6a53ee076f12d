// The kubeconfig files as written, merged by client-go's rules. Entries are not judged here, because a wrong
// entry that nobody chose does no harm.
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

// One named entry, or any mapping inside it. It knows its file and field, for messages and for relative
// paths.
class ConfigSection {
 public:
  ConfigSection() = default;
  ConfigSection(const YAML::Node& node, std::string file, std::string field)
      : node_(node), file_(std::move(file)), field_(std::move(field)) {}

  bool defined() const { return node_.IsDefined() && !node_.IsNull(); }

  // For each of these, an absent or null member is empty, and a member of another type is kUsage, which names
  // file, field, line and column.
  shared::Result<std::string> String(const std::string& key) const;
  shared::Result<bool> Bool(const std::string& key) const;
  shared::Result<ConfigSection> Section(const std::string& key) const;  // defined() if it is there
  shared::Result<std::vector<std::string>> Strings(const std::string& key) const;
  shared::Result<std::vector<ConfigSection>> Sections(const std::string& key) const;
  // Returns a member of any type as JSON; null if it is not there.
  shared::Result<shared::Json> Value(const std::string& key) const;
  // Returns the members' names in the file's order. Names that are not strings are left out.
  std::vector<std::string> Keys() const;

  // Resolves a path that is written in this file: relative paths are relative to the file's directory.
  std::string ResolvePath(const std::string& path) const;

  // Returns kUsage: `cannot use "FILE": FIELD.key CAUSE (line L, column C)`.
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
  std::vector<NamedSection> clusters;  // the first one of a name wins
  std::vector<NamedSection> contexts;
  std::vector<NamedSection> users;
};

// Reads and merges the files. If `required`, a missing file is an error (--kubeconfig); otherwise it is
// skipped (KUBECONFIG's list). Files over 16 MiB are refused. Errors: kUsage, with line and column if the
// syntax is wrong.
shared::Result<ConfigFiles> ReadConfigFiles(const std::vector<std::string>& paths, bool required);

// Reads a whole file of at most `max_bytes`. kUsage names the file if it cannot be read or is larger.
shared::Result<std::string> ReadWholeFile(const std::string& path, std::size_t max_bytes);

// Returns nullptr if there is none of that name.
const ConfigSection* FindSection(const std::vector<NamedSection>& sections, std::string_view name);

}  // namespace kubectl_ray
