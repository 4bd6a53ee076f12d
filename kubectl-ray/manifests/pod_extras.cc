#include "kubectl-ray/manifests/pod_extras.h"

#include <algorithm>
#include <sstream>

#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

shared::Unexpected<shared::Error> Refuse(const char* flag, const std::string& value, const char* cause,
                                         const char* hint) {
  return Fail(ErrorCode::kUsage,
              std::string("cannot use ") + flag + " \"" + shared::EscapeControl(value.substr(0, 200)) +
                  "\": " + cause,
              hint);
}

constexpr const char* kVolumeHint =
    "Write SOURCE:PATH[:ro], SOURCE one of pvc/NAME, configmap/NAME, secret/NAME, hostpath/DIR, emptydir.";

// Returns the volume source for "pvc/NAME" and the like; null if it is not one.
Json VolumeSource(const std::string& source) {
  const std::size_t slash = source.find('/');
  const std::string kind = source.substr(0, slash);
  const std::string name = slash == source.npos ? "" : source.substr(slash + 1);
  if (kind == "emptydir" && name.empty()) return {{"emptyDir", Json::object()}};
  if (name.empty()) return nullptr;
  if (kind == "pvc") return {{"persistentVolumeClaim", {{"claimName", name}}}};
  if (kind == "configmap") return {{"configMap", {{"name", name}}}};
  if (kind == "secret") return {{"secret", {{"secretName", name}}}};
  if (kind == "hostpath") return {{"hostPath", {{"path", name.starts_with('/') ? name : "/" + name}}}};
  return nullptr;
}

}  // namespace

shared::Result<Json> ParseTolerations(const std::vector<std::string>& values) {
  const std::vector<std::string> effects = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  Json tolerations = Json::array();
  for (const std::string& value : values) {
    std::string key = value, effect;
    if (const std::size_t colon = value.rfind(':'); colon != value.npos) {
      effect = value.substr(colon + 1);
      key = value.substr(0, colon);
      if (std::find(effects.begin(), effects.end(), effect) == effects.end())
        return Refuse("--toleration", value, "its effect is unknown",
                      "The effects are NoSchedule, PreferNoSchedule and NoExecute.");
    }
    const std::size_t equals = key.find('=');
    Json toleration = {{"key", key.substr(0, equals)}, {"operator", equals == key.npos ? "Exists" : "Equal"}};
    TRY(CheckLabelKey("a taint's key", key.substr(0, equals)));
    if (equals != key.npos) toleration["value"] = key.substr(equals + 1);
    if (!effect.empty()) toleration["effect"] = effect;
    tolerations.push_back(std::move(toleration));
  }
  return tolerations;
}

shared::Result<Json> ParseEnv(const std::vector<std::string>& values) {
  Json env = Json::array();
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    if (equals == value.npos || equals == 0 || value.find_first_of(" \t\n") < equals ||
        !shared::IsUtf8(value))
      // Only the name is shown, because the value may be a secret.
      return Refuse("--env", value.substr(0, std::min(equals, std::size_t{80})), "it is not NAME=VALUE",
                    "A name has no spaces and no '='.");
    const std::string name = value.substr(0, equals);
    env.erase(std::remove_if(env.begin(), env.end(), [&](const Json& v) { return v["name"] == name; }),
              env.end());
    env.push_back({{"name", name}, {"value", value.substr(equals + 1)}});
  }
  return env;
}

shared::Status ParseVolumes(const std::vector<std::string>& values, Json* volumes, Json* mounts) {
  for (const std::string& value : values) {
    const std::size_t colon = value.find(':');
    std::string path = colon == value.npos ? "" : value.substr(colon + 1);
    const bool read_only = path.ends_with(":ro");
    if (read_only) path.resize(path.size() - 3);
    Json volume = VolumeSource(value.substr(0, colon));
    if (volume.is_null()) return Refuse("--volume", value, "its source is unknown", kVolumeHint);
    if (!path.starts_with('/') || path.find(':') != path.npos)
      return Refuse("--volume", value, "the path in the container is not absolute", kVolumeHint);
    const std::string name = "volume-" + std::to_string(volumes->size());
    volume["name"] = name;
    volumes->push_back(std::move(volume));
    Json mount = {{"name", name}, {"mountPath", path}};
    if (read_only) mount["readOnly"] = true;
    mounts->push_back(std::move(mount));
  }
  return shared::Ok();
}

shared::Result<Json> ParsePodTemplate(const std::string& text_or_file) {
  if (text_or_file.empty()) return Json(nullptr);
  std::istringstream none;
  const bool text = text_or_file.find_first_of(":{\n") != text_or_file.npos;
  std::string yaml = text_or_file;
  if (!text) {
    ASSIGN_OR_RETURN(yaml, ReadYamlFile(text_or_file, none));
  }
  const std::string name = text ? "--pod-template" : text_or_file;
  ASSIGN_OR_RETURN(Json patch, ParseYaml(name, yaml));
  if (!patch.is_object()) return Fail(ErrorCode::kUsage, "cannot use " + name + ": it is not a map");
  for (const auto& [key, unused] : patch.items())
    if (key != "metadata" && key != "spec")
      return Fail(ErrorCode::kUsage,
                  "cannot use " + name + ": unknown key \"" + shared::EscapeControl(key) + "\"",
                  "A pod template has metadata and spec.");
  return patch;
}

}  // namespace kubectl_ray
