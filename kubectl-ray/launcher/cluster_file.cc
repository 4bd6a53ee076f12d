#include "kubectl-ray/launcher/cluster_file.h"

#include <filesystem>

#include "kubectl-ray/convert/tree.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/manifests/names.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;

// What is read, and for what.
struct FileReading {
  std::string_view source;
  const std::string& action;

  std::string Cannot(int line) const {
    return "cannot " + action + " " + std::string(source) + (line > 0 ? ":" + std::to_string(line) : "") +
           ": ";
  }
};

// Returns whether a document is the RayCluster of today's API.
bool IsRayCluster(const Tree& document) {
  return document.StringAt({"kind"}) == "RayCluster" &&
         document.StringAt({"apiVersion"}) == kRayClusters.ApiVersion();
}

// What is no cluster for `up`, although it speaks of one.
shared::Unexpected<shared::Error> NoCluster(const FileReading& reading, const std::vector<Tree>& documents) {
  const std::string source(reading.source);
  for (const Tree& document : documents) {
    const std::string version = document.StringAt({"apiVersion"}), kind = document.StringAt({"kind"});
    if (kind == "RayCluster")
      return Fail(ErrorCode::kUsage,
                  reading.Cannot(document.LineAt({"apiVersion"})) + "a RayCluster of \"" + version +
                      "\" is of an older format",
                  "`kubectl ray convert -f " + source + "` makes a RayCluster of " +
                      kRayClusters.ApiVersion() + " of it.");
    if (version.starts_with(kRayClusters.group + "/"))
      return Fail(ErrorCode::kUsage,
                  reading.Cannot(document.LineAt({"kind"})) + "a " + kind + " is no cluster",
                  "`kubectl ray apply -f " + source + "` applies it.");
  }
  return Fail(
      ErrorCode::kUsage,
      reading.Cannot(documents.empty() ? 0 : documents[0].line) +
          "this is neither a cluster launcher's file, which has cluster_name and provider, nor a RayCluster",
      "docs/launcher.md shows one of each.");
}

shared::Result<ClusterFile> ReadObjects(const FileReading& reading, const std::vector<Tree>& documents,
                                        const std::string& name) {
  ClusterFile file{
      .source = std::string(reading.source), .launcher = {}, .ray_cluster = nullptr, .beside = {}};
  for (const Tree& document : documents) {
    if (!IsRayCluster(document)) {
      file.beside.push_back(document.ToJson());
      continue;
    }
    if (!file.ray_cluster.is_null())
      return Fail(ErrorCode::kUsage, reading.Cannot(document.line) + "this is the file's second RayCluster",
                  "Give each cluster a file of its own.");
    file.ray_cluster = document.ToJson();
    if (!name.empty()) file.ray_cluster["metadata"]["name"] = name;
    if (const auto valid = CheckClusterName(file.cluster()); !valid)
      return Fail(ErrorCode::kUsage,
                  reading.Cannot(document.LineAt({"metadata", "name"})) + valid.error().message,
                  valid.error().hint);
  }
  if (file.ray_cluster.is_null()) return NoCluster(reading, documents);
  return file;
}

}  // namespace

std::string ClusterFile::cluster() const {
  return launcher ? launcher->cluster_name : shared::StringAt(ray_cluster, {"metadata", "name"});
}

std::string ClusterFile::ns() const {
  return launcher ? launcher->ns : shared::StringAt(ray_cluster, {"metadata", "namespace"});
}

bool NamesFile(const std::string& word) {
  if (word == "-") return true;
  for (const char* ending : {".yaml", ".yml", ".json"})
    if (word.ends_with(ending)) return true;
  std::error_code ignored;
  return word.find('/') != word.npos && std::filesystem::is_regular_file(word, ignored);
}

shared::Result<ClusterFile> ReadClusterFile(std::string_view source, std::string_view text,
                                            const std::string& action, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<Tree> documents, ParseTrees(source, text));
  if (documents.size() != 1 || !IsLauncherFile(documents[0]))
    return ReadObjects({source, action}, documents, name);
  ASSIGN_OR_RETURN(LauncherFile launcher, ReadLauncherFile(source, documents[0], action));
  if (!name.empty()) {
    TRY(CheckClusterName(name));
    launcher.cluster_name = name;
  }
  return ClusterFile{
      .source = std::string(source), .launcher = std::move(launcher), .ray_cluster = nullptr, .beside = {}};
}

}  // namespace kubectl_ray
