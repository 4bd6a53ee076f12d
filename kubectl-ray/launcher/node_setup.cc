#include "kubectl-ray/launcher/node_setup.h"

#include <algorithm>
#include <cstdio>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/content_name.h"
#include "shared/base64.h"
#include "shared/shell_words.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;
using shared::StringAt;

constexpr const char* kSetupVolume = "ray-init-agent-setup";
constexpr const char* kSetupDirectory = "/ray-init-agent-setup";
constexpr const char* kUnpackKey = "unpack";
constexpr const char* kUnpackStep = "00-file_mounts";
constexpr std::size_t kLongestStepName = 60;

// A Ray image always has Python, and nearly always tar.
constexpr const char* kUnpackScript = R"sh(#!/bin/sh
set -eu
unpack() {
  mkdir -p "$2"
  if command -v tar > /dev/null; then
    tar -xzof "${0%/*}/files/$1" -C "$2"
  else
    python3 -m tarfile -e "${0%/*}/files/$1" "$2"
  fi
}
)sh";

std::string ArchiveKey(std::size_t index) { return std::to_string(index) + ".tgz"; }

// Returns a word of the script: what begins with ~ or with no slash is in the home directory.
std::string RemoteDirectory(const NodeFiles& files) {
  std::string path = files.remote;
  bool home = true;
  if (path == "~" || path.starts_with("~/"))
    path.erase(0, std::min<std::size_t>(2, path.size()));
  else
    home = !path.starts_with('/');
  if (!files.directory) path.erase(path.find_last_of('/') == path.npos ? 0 : path.find_last_of('/') + 1);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (!home) return shared::QuoteShellWord(path);
  return path.empty() ? "\"$HOME\"" : "\"$HOME\"/" + shared::QuoteShellWord(path);
}

Json Secret(const std::string& prefix, const std::string& cluster, const std::string& ns, Json data) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", ContentName(prefix, shared::DumpJson(data))},
            {"namespace", ns},
            {"labels", {{kClusterLabel, cluster}, {kManagedByLabel, kManagedByUs}}}}},
          {"type", "Opaque"},
          {"immutable", true},
          {"data", std::move(data)}};
}

Json FilesSource(const Json& files) {
  Json items = Json::array();
  for (const auto& [key, value] : files["data"].items())
    items.push_back({{"key", key}, {"path", key == kUnpackKey ? kUnpackStep : "files/" + key}});
  return {{"secret", {{"name", StringAt(files, {"metadata", "name"})}, {"items", items}}}};
}

}  // namespace

Json FilesSecret(const std::string& cluster, const std::string& ns, const std::vector<NodeFiles>& files) {
  if (files.empty()) return nullptr;
  std::string script = kUnpackScript;
  Json data = Json::object();
  for (std::size_t i = 0; i < files.size(); ++i) {
    script += "unpack " + ArchiveKey(i) + " " + RemoteDirectory(files[i]) + "\n";
    data[ArchiveKey(i)] = shared::Base64Encode(files[i].archive);
  }
  data[kUnpackKey] = shared::Base64Encode(script);
  return Secret(cluster + "-files", cluster, ns, std::move(data));
}

Json CommandsSecret(const std::string& cluster, const std::string& ns,
                    const std::vector<std::string>& commands) {
  if (commands.empty()) return nullptr;
  Json data = Json::object();
  for (std::size_t i = 0; i < commands.size(); ++i)
    data[StepName(i + 1, commands[i])] = shared::Base64Encode("#!/bin/bash\n" + commands[i] + "\n");
  return Secret(cluster + "-setup", cluster, ns, std::move(data));
}

std::string StepName(std::size_t number, std::string_view command) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%03zu", number);
  std::string name = digits;
  bool gap = true;
  for (const char c : shared::FirstLine(command)) {
    if (name.size() >= kLongestStepName) break;
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    const bool inner = (c == '.' || c == '-') && !gap && !name.ends_with('-') && !name.ends_with('.');
    if (kept && gap) name += '-';
    if (kept || inner) name += c;
    gap = !kept && !inner;
  }
  while (name.ends_with('-') || name.ends_with('.')) name.pop_back();
  return name;
}

void PutSetup(Json& pod_spec, const Json& files, const Json& commands) {
  Json sources = Json::array();
  if (!files.is_null()) sources.push_back(FilesSource(files));
  if (!commands.is_null())
    sources.push_back({{"secret", {{"name", StringAt(commands, {"metadata", "name"})}}}});
  if (sources.empty()) return;
  Json& container = pod_spec["containers"][0];
  container["env"].push_back({{"name", "RAY_INIT_AGENT_SETUP"}, {"value", kSetupDirectory}});
  container["volumeMounts"].push_back(
      {{"name", kSetupVolume}, {"mountPath", kSetupDirectory}, {"readOnly", true}});
  pod_spec["volumes"].push_back(
      {{"name", kSetupVolume}, {"projected", {{"defaultMode", 0755}, {"sources", sources}}}});
}

}  // namespace kubectl_ray
