#include "ray-init-agent/ray_version.h"

#include <dirent.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "ray-init-agent/files.h"

namespace ray_init_agent {
namespace {

std::vector<std::string> ListDirectory(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string Parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "" : path.substr(0, slash);
}

std::string FindProgram(const std::string& program, const shared::Variables& environment) {
  if (program.find('/') != std::string::npos) return program;
  for (const std::string& directory : Split(environment("PATH").value_or(""), ':'))
    if (std::string path = directory + "/" + program; access(path.c_str(), X_OK) == 0) return path;
  return "";
}

// The interpreter a script names: `#!/path/python`, or pip's way around long paths,
// `#!/bin/sh` and then `'''exec' "/path/python" "$0" "$@"`.
std::string Interpreter(const std::string& script) {
  const auto text = ReadSmallFile(script);
  if (!text || !text->starts_with("#!")) return "";
  const std::vector<std::string> lines = Split(text->substr(2, 4096), '\n');
  if (lines.empty()) return "";
  const std::string& first = lines[0];
  if (lines.size() > 1 && lines[1].starts_with("'''exec' ")) {
    const std::vector<std::string> words = Split(lines[1].substr(9), ' ');
    if (words.empty()) return "";
    return words[0].starts_with('"') ? words[0].substr(1, words[0].find('"', 1) - 1) : words[0];
  }
  return first.substr(0, first.find(' '));
}

// The value of the line that begins with `key`.
std::optional<std::string> LineValue(const std::string& path, std::string_view key) {
  const auto text = ReadSmallFile(path);
  if (!text) return std::nullopt;
  for (const std::string& line : Split(*text, '\n')) {
    if (!std::string_view(line).starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \"'", key.size());
    if (begin == std::string::npos) return std::nullopt;
    return line.substr(begin, line.find_last_not_of(" \"'\r") + 1 - begin);
  }
  return std::nullopt;
}

std::optional<std::string> VersionInPackages(const std::string& packages) {
  for (const std::string& name : ListDirectory(packages))
    if (name.starts_with("ray-") && name.ends_with(".dist-info"))
      if (auto version = LineValue(packages + "/" + name + "/METADATA", "Version:")) return version;
  return LineValue(packages + "/ray/_version.py", "version =");
}

std::optional<std::string> VersionInPrefix(const std::string& prefix) {
  for (const char* lib : {"/lib", "/lib64", "/local/lib"})
    for (const std::string& python : ListDirectory(prefix + lib)) {
      if (!python.starts_with("python3")) continue;
      for (const char* packages : {"/site-packages", "/dist-packages"})
        if (auto version = VersionInPackages(prefix + lib + "/" + python + packages)) return version;
    }
  return std::nullopt;
}

std::string RealPath(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) == nullptr ? "" : resolved;
}

}  // namespace

std::optional<std::string> InstalledRayVersion(const std::string& program,
                                               const shared::Variables& environment) {
  for (const std::string& packages : Split(environment("PYTHONPATH").value_or(""), ':'))
    if (auto version = VersionInPackages(packages)) return version;
  std::vector<std::string> prefixes;
  if (const std::string script = FindProgram(program, environment); !script.empty()) {
    const std::string interpreter = Interpreter(script);
    // A virtual environment's interpreter is a link: its own place counts before where it leads.
    for (const std::string& path : {interpreter, script, RealPath(script), RealPath(interpreter)})
      prefixes.push_back(Parent(Parent(path)));
  }
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    prefixes.push_back(environment(variable).value_or(""));
  if (const auto home = environment("HOME")) prefixes.push_back(*home + "/.local");
  for (const std::string& prefix : prefixes)
    if (!prefix.empty())
      if (auto version = VersionInPrefix(prefix)) return version;
  return std::nullopt;
}

}  // namespace ray_init_agent
