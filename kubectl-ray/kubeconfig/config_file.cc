#include "kubectl-ray/kubeconfig/config_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::size_t kMaxFileBytes = 16u << 20;

std::string Position(const YAML::Mark& mark) {
  if (mark.is_null()) return "";
  return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
}

shared::Unexpected<shared::Error> SyntaxError(const std::string& path, const YAML::Exception& e) {
  const std::string position = Position(e.mark);
  return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": not valid YAML: " + e.msg +
                                     (position.empty() ? "" : " (" + position + ")"));
}

// Adds those entries of one list (`clusters`, each with its `cluster`) whose names are not there yet.
shared::Status Merge(const ConfigSection& file, const std::string& list, const std::string& body,
                     std::vector<NamedSection>* into) {
  ASSIGN_OR_RETURN(const auto entries, file.Sections(list));
  std::set<std::string, std::less<>> taken;
  for (const NamedSection& known : *into) taken.insert(known.name);
  for (const ConfigSection& entry : entries) {
    ASSIGN_OR_RETURN(std::string name, entry.String("name"));
    if (!taken.insert(name).second) continue;
    ASSIGN_OR_RETURN(ConfigSection section, entry.Section(body));
    into->push_back({std::move(name), std::move(section)});
  }
  return shared::Ok();
}

shared::Status MergeFile(const std::string& path, const std::string& text, ConfigFiles* merged) {
  try {
    const YAML::Node root = YAML::Load(text);
    merged->paths.push_back(path);
    if (root.IsNull()) return shared::Ok();  // an empty file, which kubectl accepts
    if (!root.IsMap())
      return Fail(ErrorCode::kUsage, "cannot use \"" + path + "\": not a kubeconfig: no mapping at its top");
    const ConfigSection file(root, path, "");
    ASSIGN_OR_RETURN(std::string current, file.String("current-context"));
    if (merged->current_context.empty()) merged->current_context = std::move(current);
    TRY(Merge(file, "clusters", "cluster", &merged->clusters));
    TRY(Merge(file, "contexts", "context", &merged->contexts));
    return Merge(file, "users", "user", &merged->users);
  } catch (const YAML::Exception& e) {
    return SyntaxError(path, e);
  }
}

}  // namespace

YAML::Node ConfigSection::Member(const std::string& key) const {
  if (!node_.IsDefined() || !node_.IsMap()) return YAML::Node(YAML::NodeType::Null);
  YAML::Node member = node_[key];
  return member.IsDefined() ? member : YAML::Node(YAML::NodeType::Null);
}

shared::Unexpected<shared::Error> ConfigSection::Wrong(const std::string& key, std::string_view cause) const {
  const std::string position = Position(Member(key).Mark());
  const std::string field = field_.empty() || key.empty() ? field_ + key : field_ + "." + key;
  return Fail(ErrorCode::kUsage, "cannot use \"" + file_ + "\": " + field + " " + std::string(cause) +
                                     (position.empty() ? "" : " (" + position + ")"));
}

Result<shared::Json> ConfigSection::Value(const std::string& key) const {
  const YAML::Node member = Member(key);
  if (member.IsNull()) return shared::Json();
  return YamlToJson(file_, member);
}

Result<std::string> ConfigSection::String(const std::string& key) const {
  const YAML::Node member = Member(key);
  if (member.IsNull()) return std::string();
  if (!member.IsScalar()) return Wrong(key, "is not a string");
  return member.Scalar();
}

Result<bool> ConfigSection::Bool(const std::string& key) const {
  const YAML::Node member = Member(key);
  if (member.IsNull()) return false;
  bool value = false;
  if (!member.IsScalar() || !YAML::convert<bool>::decode(member, value))
    return Wrong(key, "is not a boolean");
  return value;
}

Result<ConfigSection> ConfigSection::Section(const std::string& key) const {
  const YAML::Node member = Member(key);
  if (member.IsNull()) return ConfigSection();
  if (!member.IsMap()) return Wrong(key, "is not a mapping");
  return ConfigSection(member, file_, field_.empty() ? key : field_ + "." + key);
}

Result<std::vector<std::string>> ConfigSection::Strings(const std::string& key) const {
  std::vector<std::string> values;
  const YAML::Node member = Member(key);
  if (member.IsNull()) return values;
  if (!member.IsSequence()) return Wrong(key, "is not a list");
  for (const YAML::Node& item : member) {
    if (!item.IsScalar()) return Wrong(key, "has an item that is not a string");
    values.push_back(item.Scalar());
  }
  return values;
}

Result<std::vector<ConfigSection>> ConfigSection::Sections(const std::string& key) const {
  std::vector<ConfigSection> values;
  const YAML::Node member = Member(key);
  if (member.IsNull()) return values;
  if (!member.IsSequence()) return Wrong(key, "is not a list");
  for (const YAML::Node& item : member) {
    if (!item.IsMap()) return Wrong(key, "has an item that is not a mapping");
    const std::string field = field_.empty() ? key : field_ + "." + key;
    values.emplace_back(item, file_, field + "[" + std::to_string(values.size()) + "]");
  }
  return values;
}

std::vector<std::string> ConfigSection::Keys() const {
  std::vector<std::string> keys;
  if (!defined() || !node_.IsMap()) return keys;
  for (const auto& member : node_)
    if (member.first.IsScalar()) keys.push_back(member.first.Scalar());
  return keys;
}

std::string ConfigSection::ResolvePath(const std::string& path) const {
  if (path.empty()) return path;
  return (std::filesystem::path(file_).parent_path() / path).string();
}

const ConfigSection* FindSection(const std::vector<NamedSection>& sections, std::string_view name) {
  auto found = std::find_if(sections.begin(), sections.end(),
                            [&](const NamedSection& section) { return section.name == name; });
  return found == sections.end() ? nullptr : &found->section;
}

Result<std::string> ReadWholeFile(const std::string& path, std::size_t max_bytes) {
  auto fail = [&](const std::string& cause) {
    return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\": " + cause);
  };
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return fail(shared::ErrnoText(errno));
  if (S_ISDIR(info.st_mode)) return fail("it is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(shared::ErrnoText(errno));
  std::string text;
  char buffer[64 * 1024];
  while (in.read(buffer, sizeof buffer), in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_bytes) return fail("larger than " + std::to_string(max_bytes) + " bytes");
  }
  if (in.bad()) return fail("the read failed in the middle");
  return text;
}

Result<ConfigFiles> ReadConfigFiles(const std::vector<std::string>& paths, bool required) {
  ConfigFiles merged;
  for (const std::string& path : paths) {
    if (!required && access(path.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path, kMaxFileBytes));
    TRY(MergeFile(path, text, &merged));
  }
  return merged;
}

}  // namespace kubectl_ray
