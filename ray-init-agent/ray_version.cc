#include "ray-init-agent/ray_version.h"

#include <dirent.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "ray-init-agent/files.h"
#include "shared/split.h"

namespace ray_init_agent {
namespace {

std::vector<std::string> ListDirectory(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

// Returns the directories in a variable such as PATH.
std::vector<std::string> Directories(const shared::Variables& environment, const char* variable) {
  const std::string path = environment(variable).value_or("");
  std::vector<std::string> directories;
  for (std::string_view directory : shared::Split(path, ':'))
    if (!directory.empty()) directories.emplace_back(directory);
  return directories;
}

std::string Parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "" : path.substr(0, slash);
}

std::string FindProgram(const std::string& program, const shared::Variables& environment) {
  if (program.find('/') != std::string::npos) return program;
  for (const std::string& directory : Directories(environment, "PATH"))
    if (std::string path = directory + "/" + program; access(path.c_str(), X_OK) == 0) return path;
  return "";
}

// Returns the interpreter that a script names: `#!/path/python`, or pip's form for long paths, `#!/bin/sh`
// and then `'''exec' "/path/python" "$0" "$@"`.
std::string Interpreter(const std::string& script) {
  const auto text = ReadSmallFile(script);
  if (!text || !text->starts_with("#!")) return "";
  const auto lines = shared::Split(std::string_view(*text).substr(2, 4096), '\n');
  if (lines.size() > 1 && lines[1].starts_with("'''exec' ")) {
    const std::string_view word = shared::Split(lines[1].substr(9), ' ')[0];
    return std::string(word.starts_with('"') ? word.substr(1, word.find('"', 1) - 1) : word);
  }
  return std::string(lines[0].substr(0, lines[0].find(' ')));
}

// Returns the value of the line that begins with `key`.
std::optional<std::string> LineValue(const std::string& path, std::string_view key) {
  const auto text = ReadSmallFile(path);
  if (!text) return std::nullopt;
  for (std::string_view line : shared::Split(*text, '\n')) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \"'", key.size());
    if (begin == std::string_view::npos) return std::nullopt;
    return std::string(line.substr(begin, line.find_last_not_of(" \"'\r") + 1 - begin));
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

bool SameRayVersion(std::string_view one, std::string_view other) {
  return one.substr(0, one.find('+')) == other.substr(0, other.find('+'));
}

std::optional<std::string> InstalledRayVersion(const std::string& program,
                                               const shared::Variables& environment) {
  for (const std::string& packages : Directories(environment, "PYTHONPATH"))
    if (auto version = VersionInPackages(packages)) return version;
  std::vector<std::string> prefixes;
  if (const std::string script = FindProgram(program, environment); !script.empty()) {
    const std::string interpreter = Interpreter(script);
    // A virtual environment's interpreter is a link: its own place counts before the place that it links to.
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

std::optional<shared::RayRelease> InstalledRayRelease(const std::string& program,
                                                      const shared::Variables& environment) {
  return shared::ParseRayRelease(InstalledRayVersion(program, environment).value_or(""));
}

}  // namespace ray_init_agent
