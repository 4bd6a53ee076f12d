// Reads, merges and checks a runtime_env before anything is sent.
// Source: ray/_private/runtime_env/validation.py, ray/runtime_env/runtime_env.py,
// ray/dashboard/modules/dashboard_sdk.py (2.52).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kubectl-ray/packages/file_tree.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// Something local that has to be on the cluster before the job starts.
struct LocalPackage {
  std::string source;       // the directory or file, as the user wrote it
  std::string name;         // its URI is gcs://NAME; empty if it is too large
  bool is_archive = false;  // an archive or a wheel, sent as it is; otherwise `tree` is packed
  FileTree tree = {};
};

struct RuntimeEnvPlan {
  shared::Json runtime_env;            // as it is sent to the dashboard, with URIs only
  std::vector<LocalPackage> packages;  // to be uploaded first
  std::vector<std::string> warnings;   // lower case, one line each
  // Why nothing can be sent, if a directory is too large for the dashboard (CheckPackageSize()).
  std::optional<shared::Error> too_large = std::nullopt;
};

// Merges as Ray's command line does: --working-dir wins over the file's working_dir, and each of `env_vars`
// ("NAME=value") over the file's. `runtime_env` is an object or null. *overridden is set to whether
// --working-dir replaced a working_dir.
shared::Result<shared::Json> MergeRuntimeEnv(shared::Json runtime_env, const std::string& working_dir,
                                             const std::vector<std::string>& env_vars, bool* overridden);

// Reads a YAML file as JSON (formats/yaml.h's ParseYaml).
using YamlReader = std::function<shared::Result<shared::Json>(const std::string& path)>;

// Which of the local files go into packages.
struct PackRules {
  bool use_gitignore = true;
  std::vector<std::string> default_excludes = {};  // for working_dir only, as in Ray (DefaultExcludes())
};

// Checks all fields as Ray does (unknown ones, types, fields that exclude each other), reads the requirements
// and conda files that they name, and scans and names the local directories of working_dir and py_modules.
// kUsage names field and cause: `runtime_env.env_vars.X is a number, not a string`. Values of env_vars are
// never reported. Remote URIs are judged by the cluster's Ray; a scheme or an archive that no release up to
// 2.60 takes is a warning only.
shared::Result<RuntimeEnvPlan> PlanRuntimeEnv(shared::Json runtime_env, const PackRules& rules,
                                              const YamlReader& read_yaml,
                                              const shared::Interrupt& interrupt);

// Returns whether `text` is a URI and not a path on this machine.
bool IsRemoteUri(const std::string& text);

}  // namespace kubectl_ray
