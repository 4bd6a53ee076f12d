#include "kubectl-ray/packages/runtime_env.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "kubectl-ray/packages/package.h"
#include "kubectl-ray/packages/package_size.h"
#include "kubectl-ray/packages/package_stream.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::Status;

const std::vector<std::string> kKnownFields = {
    "py_modules", "py_executable", "java_jars",    "working_dir",
    "conda",      "pip",           "uv",           "container",
    "excludes",   "env_vars",      "config",
    "mpi",  // up to 2.45
    "image_uri",  "nsight",        "rocprof_sys",  "worker_process_setup_hook",
    "_nsight",    "_rocprof_sys",  "_ray_release", "_inject_current_ray",
    "_ray_commit"};

const char* TypeName(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "a list" : "an object";
}

Status WrongType(const std::string& field, const Json& value, const std::string& wanted,
                 const std::string& hint = "") {
  return Fail(ErrorCode::kUsage,
              "cannot use runtime_env." + field + ": it is " + TypeName(value) + ", not " + wanted, hint);
}

Status WantStrings(const std::string& field, const Json& value) {
  if (!value.is_array()) return WrongType(field, value, "a list of strings");
  for (const Json& item : value)
    if (!item.is_string()) return WrongType(field, item, "a string in the list");
  return shared::Ok();
}

Status Want(const std::string& field, const Json& object, const char* key, bool (Json::*is_type)() const,
            const char* wanted) {
  const auto found = object.find(key);
  if (found == object.end() || ((*found).*is_type)()) return shared::Ok();
  return WrongType(field + "." + key, *found, wanted);
}

bool IsFile(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Reads a requirements file as Ray sends it: its lines, without the white space around all of them.
Result<Json> ReadRequirements(const std::string& field, const std::string& path) {
  constexpr std::size_t kMaxBytes = 4 << 20;
  std::ifstream file;
  if (IsFile(path)) file.open(path, std::ios::binary);  // reading a pipe would block
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || file.gcount() == 0)
    return Fail(ErrorCode::kUsage,
                "cannot read the requirements file \"" + path + "\" of runtime_env." + field,
                "Paths are relative to the current directory.");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes || !shared::IsUtf8(text))
    return Fail(ErrorCode::kUsage,
                "cannot use the requirements file \"" + path + "\": it is no UTF-8 text of up to 4 MiB");
  Json lines = Json::array();
  std::istringstream stream(text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())));
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
  }
  while (!lines.empty() &&
         lines.back().get_ref<const std::string&>().find_first_not_of(" \t") == std::string::npos)
    lines.erase(lines.size() - 1);
  return lines;
}

Json WithoutDuplicates(const Json& list) {
  Json unique = Json::array();
  for (const Json& item : list)
    if (std::find(unique.begin(), unique.end(), item) == unique.end()) unique.push_back(item);
  return unique;
}

// For pip and uv: a file's name, a list, or an object. Returns null if there is nothing to install.
Result<Json> ParseInstaller(const std::string& field, const Json& value) {
  const std::string check = field + "_check", version = field + "_version";
  const std::string install_options = field == "pip" ? "pip_install_options" : "uv_pip_install_options";
  Json result = Json::object();
  if (value.is_string()) {
    ASSIGN_OR_RETURN(result["packages"], ReadRequirements(field, value.get<std::string>()));
  } else if (value.is_array()) {
    TRY(WantStrings(field, value));
    result["packages"] = value;
  } else if (value.is_object()) {
    for (const auto& [key, unused] : value.items())
      if (key != "packages" && key != check && key != version && key != install_options)
        return Fail(ErrorCode::kUsage,
                    "cannot use runtime_env." + field + ": \"" + key + "\" is none of its fields",
                    "It has packages, " + check + ", " + version + " and " + install_options + ".");
    TRY(Want(field, value, check.c_str(), &Json::is_boolean, "a boolean"));
    TRY(Want(field, value, version.c_str(), &Json::is_string, "a string"));
    if (value.contains(install_options))
      TRY(WantStrings(field + "." + install_options, value.at(install_options)));
    result = value;
    const Json packages = value.value("packages", Json());
    if (packages.is_string() && field == "pip") {
      ASSIGN_OR_RETURN(result["packages"],
                       ReadRequirements(field + ".packages", packages.get<std::string>()));
    } else {
      TRY(WantStrings(field + ".packages", packages));
    }
  } else {
    TRY(WrongType(field, value, "a file's name, a list or an object"));
  }
  result["packages"] = WithoutDuplicates(result["packages"]);
  if (result["packages"].empty()) return Json();
  if (!result.contains(check)) result[check] = false;
  if (field == "uv" && !result.contains(install_options))
    result[install_options] = Json::array({"--no-cache"});
  return result;
}

Result<Json> ParseConda(const Json& value, const YamlReader& read_yaml) {
  if (value.is_object()) return value;
  if (!value.is_string()) TRY(WrongType("conda", value, "a name, a .yaml file's name or an object"));
  const std::string name = value.get<std::string>();
  if (!name.ends_with(".yaml") && !name.ends_with(".yml")) return value;
  return read_yaml(name);
}

Status CheckEnvVars(const Json& value) {
  if (!value.is_object()) return WrongType("env_vars", value, "an object of strings");
  for (const auto& [name, text] : value.items())
    if (!text.is_string()) return WrongType("env_vars." + name, text, "a string", "Put its value in quotes.");
  return shared::Ok();
}

Status CheckConfig(const Json& value) {
  if (!value.is_object()) return WrongType("config", value, "an object");
  TRY(Want("config", value, "setup_timeout_seconds", &Json::is_number_integer, "a whole number"));
  TRY(Want("config", value, "eager_install", &Json::is_boolean, "a boolean"));
  const std::int64_t timeout = shared::IntAt(value, {"setup_timeout_seconds"}, -1);
  if (timeout > 0 || timeout == -1) return shared::Ok();
  return Fail(ErrorCode::kUsage,
              "cannot use runtime_env.config.setup_timeout_seconds: it is neither above 0 nor -1");
}

Status CheckTogether(const Json& env) {
  int installers = 0;
  for (const char* field : {"pip", "uv", "conda"}) installers += env.contains(field) ? 1 : 0;
  if (installers > 1)
    return Fail(ErrorCode::kUsage, "cannot use more than one of runtime_env's pip, uv and conda",
                "To use pip with conda, list the packages inside the conda object's dependencies.");
  for (const char* image : {"container", "image_uri"}) {
    if (!env.contains(image)) continue;
    for (const auto& [field, unused] : env.items())
      if (field != image && field != "config" && field != "env_vars")
        return Fail(ErrorCode::kUsage, "cannot use runtime_env." + field + " together with " + image,
                    std::string(image) + " goes with config and env_vars only.");
  }
  return shared::Ok();
}

// Returns a clause about what no Ray up to 2.60 accepts, or an empty string. A newer Ray may accept it, so it
// is not an error. Source: ProtocolsProvider in ray/_private/runtime_env/protocol.py,
// RUNTIME_ENV_PACKAGE_EXTENSIONS in ray/_common/runtime_env_package.py (2.60). http:// and tar archives came
// with 2.56, local:// with 2.60.
std::string WhatNoRayTakes(const std::string& field, const std::string& scheme, const std::string& path) {
  static const std::vector<std::string> kSchemes = {"gcs",   "http",  "https", "s3",   "gs",
                                                    "azure", "abfss", "file",  "local"};
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end())
    return "the scheme \"" + scheme + "\"";
  const bool wheel = field == "py_modules" && path.ends_with(".whl");
  if (scheme == "gcs" || scheme == "local" || wheel || !ArchiveEnding(path).empty()) return "";
  return "this kind of file";
}

std::string BaseName(std::string path) {
  std::replace(path.begin(), path.end(), static_cast<char>(std::filesystem::path::preferred_separator), '/');
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.substr(path.rfind('/') + 1);
}

// Returns a directory's own name, also if it was given as "." or "..".
std::string DirectoryName(const std::string& path) {
  const std::string name = BaseName(path);
  if (name != "." && name != ".." && !name.empty()) return name;
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? name : real.filename().string();
}

class Planner {
 public:
  Planner(RuntimeEnvPlan* plan, const PackRules& rules, const shared::Interrupt& interrupt)
      : plan_(plan), rules_(rules), interrupt_(interrupt) {
    if (plan->runtime_env.contains("excludes"))
      for (const Json& pattern : plan->runtime_env["excludes"])
        excludes_.push_back(pattern.get<std::string>());
  }

  Status WorkingDirectory() {
    Json& value = plan_->runtime_env["working_dir"];
    if (!value.is_string()) return WrongType("working_dir", value, "a string");
    const std::string path = value.get<std::string>();
    if (IsRemoteUri(path)) {
      WarnOfRemote("working_dir", path);
      return shared::Ok();
    }
    if (IsArchive(path)) {
      ASSIGN_OR_RETURN(value, Archive(path));
      return shared::Ok();
    }
    ASSIGN_OR_RETURN(std::string uri, Directory(path, "", rules_.default_excludes));
    value = std::move(uri);
    return shared::Ok();
  }

  Status Modules() {
    Json& modules = plan_->runtime_env["py_modules"];
    TRY(WantStrings("py_modules", modules));
    for (Json& module : modules) {
      ASSIGN_OR_RETURN(module, Module(module.get<std::string>()));
    }
    return shared::Ok();
  }

 private:
  std::string Add(LocalPackage package) {
    std::string uri = "gcs://" + package.name;
    plan_->packages.push_back(std::move(package));
    return uri;
  }

  // Not the whole URI, because its query may hold a secret.
  void WarnOfRemote(const std::string& field, const std::string& uri) {
    const std::string path = uri.substr(0, uri.find_first_of("?#"));
    const std::string what = WhatNoRayTakes(field, uri.substr(0, uri.find("://")), path);
    if (!what.empty())
      plan_->warnings.push_back("runtime_env." + field + " \"" + path + "\": no Ray up to 2.60 takes " +
                                what + "; it is sent as it is, and the cluster's Ray decides");
  }

  static bool IsArchive(const std::string& path) { return !ArchiveEnding(path).empty() && IsFile(path); }

  Result<std::string> Archive(const std::string& path) {
    ASSIGN_OR_RETURN(std::string name, NameOfArchive(path));
    return Add({path, std::move(name), true});
  }

  Result<std::string> Directory(const std::string& path, const std::string& prefix,
                                const std::vector<std::string>& default_excludes) {
    ASSIGN_OR_RETURN(FileTree tree, ScanDirectory(path, {.excludes = excludes_,
                                                         .use_gitignore = rules_.use_gitignore,
                                                         .default_excludes = default_excludes,
                                                         .prefix = prefix,
                                                         .package_limit = kMaxPackageBytes,
                                                         .interrupt = &interrupt_}));
    const Status fits = CheckPackageSize(tree, PackingThreads(), kMaxPackageBytes, interrupt_);
    if (!fits && fits.error().code != ErrorCode::kUsage) return shared::Unexpected(fits.error());
    if (!fits) {
      plan_->too_large = fits.error();
      return Add({path, "", false, std::move(tree)});
    }
    ASSIGN_OR_RETURN(std::string name, NameOfTree(&tree, PackingThreads(), interrupt_));
    return Add({path, std::move(name), false, std::move(tree)});
  }

  Result<std::string> Module(const std::string& path) {
    if (IsRemoteUri(path)) {
      WarnOfRemote("py_modules", path);
      return path;
    }
    if (IsDirectory(path)) return Directory(path, DirectoryName(path) + "/", {});
    if (IsArchive(path)) return Archive(path);
    struct stat info;
    if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
      return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\" of runtime_env.py_modules",
                  "Paths are relative to the current directory.");
    if (path.ends_with(".whl")) return Add({path, BaseName(path), true});
    if (!path.ends_with(".py"))
      return Fail(
          ErrorCode::kUsage,
          "cannot use \"" + path + "\" of runtime_env.py_modules: it is no directory, .py or .whl file",
          "Archives are .zip, .tar.gz, .tgz and .tar.xz.");
    FileTree tree;
    tree.total_size = static_cast<std::uint64_t>(info.st_size);
    tree.files.push_back(
        {BaseName(path), path, tree.total_size, static_cast<std::uint32_t>(info.st_mode & 07777), false});
    ASSIGN_OR_RETURN(std::string name, NameOfTree(&tree, 1, interrupt_));
    return Add({path, std::move(name), false, std::move(tree)});
  }

  RuntimeEnvPlan* plan_;
  const PackRules& rules_;
  const shared::Interrupt& interrupt_;
  std::vector<std::string> excludes_;
};

Status CheckFieldNames(const Json& env, std::vector<std::string>* warnings) {
  for (const auto& [field, unused] : env.items()) {
    if (std::find(kKnownFields.begin(), kKnownFields.end(), field) != kKnownFields.end()) continue;
    const std::string guess = shared::DidYouMean(field, kKnownFields);
    if (!guess.empty())
      return Fail(ErrorCode::kUsage, "cannot use runtime_env." + field + ": Ray has no such field", guess);
    warnings->push_back("runtime_env." + field + " is no field of Ray's own: it only works with a plugin");
  }
  return shared::Ok();
}

// Fields that are there but null or empty count as not given, as in Ray.
void DropEmpty(Json* env) {
  Json kept = Json::object();
  for (const auto& [field, value] : env->items()) {
    const bool empty_means_none = field == "excludes" || field == "env_vars";
    if (!value.is_null() && !(empty_means_none && value.empty())) kept[field] = value;
  }
  *env = std::move(kept);
}

Status ResolveFields(Json* env, const YamlReader& read_yaml) {
  if (env->contains("excludes")) TRY(WantStrings("excludes", (*env)["excludes"]));
  if (env->contains("env_vars")) TRY(CheckEnvVars((*env)["env_vars"]));
  if (env->contains("config")) TRY(CheckConfig((*env)["config"]));
  for (const char* field : {"worker_process_setup_hook", "py_executable", "image_uri"})
    TRY(Want("", *env, field, &Json::is_string, "a string"));
  for (const char* field : {"pip", "uv"}) {
    if (!env->contains(field)) continue;
    ASSIGN_OR_RETURN((*env)[field], ParseInstaller(field, (*env)[field]));
  }
  if (!env->contains("conda")) return shared::Ok();
  ASSIGN_OR_RETURN((*env)["conda"], ParseConda((*env)["conda"], read_yaml));
  return shared::Ok();
}

}  // namespace

bool IsRemoteUri(const std::string& text) {
  const std::size_t end = text.find("://");
  return end != std::string::npos && end > 1 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
         });
}

Result<Json> MergeRuntimeEnv(Json runtime_env, const std::string& working_dir,
                             const std::vector<std::string>& env_vars, bool* overridden) {
  if (runtime_env.is_null()) runtime_env = Json::object();
  if (!runtime_env.is_object())
    return Fail(ErrorCode::kUsage, std::string("cannot use the runtime_env: it is ") + TypeName(runtime_env) +
                                       ", not an object");
  *overridden = !working_dir.empty() && runtime_env.contains("working_dir");
  if (!working_dir.empty()) runtime_env["working_dir"] = working_dir;
  for (const std::string& variable : env_vars) {
    const std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Fail(ErrorCode::kUsage,
                  "cannot use --env \"" + variable.substr(0, equals) + "\": it is no NAME=value");
    if (!shared::IsUtf8(variable))
      return Fail(ErrorCode::kUsage,
                  "cannot use --env \"" + variable.substr(0, equals) + "\": its value is not UTF-8");
    Json& all = runtime_env["env_vars"];
    if (!all.is_null() && !all.is_object()) TRY(CheckEnvVars(all));
    all[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return runtime_env;
}

Result<RuntimeEnvPlan> PlanRuntimeEnv(Json runtime_env, const PackRules& rules, const YamlReader& read_yaml,
                                      const shared::Interrupt& interrupt) {
  RuntimeEnvPlan plan;
  plan.runtime_env = std::move(runtime_env);
  DropEmpty(&plan.runtime_env);
  TRY(CheckFieldNames(plan.runtime_env, &plan.warnings));
  TRY(ResolveFields(&plan.runtime_env, read_yaml));
  DropEmpty(&plan.runtime_env);  // an empty requirements file
  TRY(CheckTogether(plan.runtime_env));
  Planner planner(&plan, rules, interrupt);
  if (plan.runtime_env.contains("working_dir")) TRY(planner.WorkingDirectory());
  if (plan.runtime_env.contains("py_modules")) TRY(planner.Modules());
  return plan;
}

}  // namespace kubectl_ray
