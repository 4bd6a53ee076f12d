#include "kubectl-ray/manifests/cluster_config.h"

#include <yaml-cpp/yaml.h>

#include <functional>

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Ok;
using shared::Status;

class ConfigReader {
 public:
  explicit ConfigReader(std::string_view name) : name_(name) {}

  using Field = std::function<Status(const YAML::Node&)>;
  using Fields = std::map<std::string, Field>;

  // Calls the function of each key. An unknown key is an error that offers the near one.
  Status Object(const YAML::Node& node, const Fields& fields) const {
    if (!node.IsMap()) return YamlError(name_, node, "a map is wanted here");
    std::vector<std::string> known;
    for (const auto& [key, unused] : fields) known.push_back(key);
    for (const auto& entry : node) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      auto field = fields.find(key);
      if (field == fields.end())
        return YamlError(name_, entry.first, "unknown key \"" + shared::EscapeControl(key) + "\"",
                         shared::DidYouMean(key, known));
      TRY(field->second(entry.second));
    }
    return Ok();
  }

  Field String(std::string* to) const {
    return [this, to](const YAML::Node& node) -> Status {
      if (!node.IsScalar()) return YamlError(name_, node, "a string is wanted here");
      *to = node.Scalar();
      return Ok();
    };
  }

  Field Map(StringMap* to) const {
    return [this, to](const YAML::Node& node) -> Status {
      if (!node.IsMap()) return YamlError(name_, node, "a map of strings is wanted here");
      to->clear();
      for (const auto& entry : node) {
        if (!entry.first.IsScalar() || !entry.second.IsScalar())
          return YamlError(name_, entry.second, "a string is wanted here");
        (*to)[entry.first.Scalar()] = entry.second.Scalar();
      }
      return Ok();
    };
  }

  template <typename T>
  Field Number(T* to) const {
    return [this, to](const YAML::Node& node) -> Status {
      ASSIGN_OR_RETURN(Json value, YamlToJson(name_, node));
      if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
          value.get<std::int64_t>() > 2147483647)
        return YamlError(name_, node, "a whole number from 0 to 2147483647 is wanted here");
      *to = value.get<int>();
      return Ok();
    };
  }

  Field Bool(std::optional<bool>* to) const {
    return [this, to](const YAML::Node& node) -> Status {
      ASSIGN_OR_RETURN(Json value, YamlToJson(name_, node));
      if (!value.is_boolean()) return YamlError(name_, node, "true or false is wanted here");
      *to = value.get<bool>();
      return Ok();
    };
  }

  Status Head(const YAML::Node& node, HeadGroup* head) const {
    PodResources& r = head->resources;
    return Object(node, {{"cpu", String(&r.cpu)},
                         {"cpu-limit", String(&r.cpu_limit)},
                         {"gpu", String(&r.gpu)},
                         {"memory", String(&r.memory)},
                         {"ephemeral-storage", String(&r.ephemeral_storage)},
                         {"ray-start-params", Map(&head->ray_start_params)},
                         {"node-selectors", Map(&head->node_selectors)}});
  }

  Status Worker(const YAML::Node& node, WorkerGroup* group) const {
    PodResources& r = group->resources;
    return Object(node, {{"name", String(&group->name)},
                         {"cpu", String(&r.cpu)},
                         {"cpu-limit", String(&r.cpu_limit)},
                         {"gpu", String(&r.gpu)},
                         {"tpu", String(&r.tpu)},
                         {"memory", String(&r.memory)},
                         {"ephemeral-storage", String(&r.ephemeral_storage)},
                         {"replicas", Number(&group->replicas)},
                         {"min-replicas", Number(&group->min_replicas)},
                         {"max-replicas", Number(&group->max_replicas)},
                         {"num-of-hosts", Number(&group->num_of_hosts)},
                         {"ray-start-params", Map(&group->ray_start_params)},
                         {"node-selectors", Map(&group->node_selectors)}});
  }

  Status Workers(const YAML::Node& node, std::vector<WorkerGroup>* groups) const {
    if (!node.IsSequence()) return YamlError(name_, node, "a list of worker groups is wanted here");
    groups->clear();
    for (const YAML::Node& item : node) {
      // The official plugin has no defaults for a group: it asks for nothing that the group does not name,
      // and for no replica.
      WorkerGroup group;
      group.replicas = 0;
      group.resources = {"", "", "", "", "", ""};
      if (!groups->empty()) group.name += "-" + std::to_string(groups->size());
      TRY(Worker(item, &group));
      groups->push_back(std::move(group));
    }
    return Ok();
  }

  Status Autoscaler(const YAML::Node& node, std::string* version) const {
    TRY(Object(node, {{"version", String(version)}}));
    if (*version != "v1" && *version != "v2")
      return YamlError(name_, node, "the autoscaler's version must be v1 or v2");
    return Ok();
  }

  Status Fuse(const YAML::Node& node, GcsFuse* fuse) const {
    auto resources = [this, fuse](const YAML::Node& at) {
      return Object(at, {{"cpu", String(&fuse->cpu)},
                         {"memory", String(&fuse->memory)},
                         {"ephemeral-storage", String(&fuse->ephemeral_storage)}});
    };
    return Object(node, {{"bucket-name", String(&fuse->bucket_name)},
                         {"mount-path", String(&fuse->mount_path)},
                         {"mount-options", String(&fuse->mount_options)},
                         {"disable-metrics", Bool(&fuse->disable_metrics)},
                         {"gcsfuse-metadata-prefetch-on-mount", Bool(&fuse->metadata_prefetch_on_mount)},
                         {"skip-csi-bucket-access-check", Bool(&fuse->skip_csi_bucket_access_check)},
                         {"resources", resources}});
  }

  Status Cluster(const YAML::Node& node, ClusterSpec* spec) const {
    auto gke = [this, spec](const YAML::Node& at) {
      return Object(at, {{"gcsfuse", [this, spec](const YAML::Node& fuse) {
                            return Fuse(fuse, &spec->gcs_fuse.emplace());
                          }}});
    };
    return Object(
        node,
        {{"namespace", String(&spec->ns)},
         {"name", String(&spec->name)},
         {"labels", Map(&spec->labels)},
         {"annotations", Map(&spec->annotations)},
         {"ray-version", String(&spec->ray_version)},
         {"image", String(&spec->image)},
         {"service-account", String(&spec->pods.service_account)},
         {"head", [this, spec](const YAML::Node& at) { return Head(at, &spec->head); }},
         {"worker-groups", [this, spec](const YAML::Node& at) { return Workers(at, &spec->worker_groups); }},
         {"autoscaler", [this, spec](const YAML::Node& at) { return Autoscaler(at, &spec->autoscaler); }},
         {"gke", gke}});
  }

 private:
  std::string_view name_;
};

}  // namespace

shared::Result<ClusterSpec> ParseClusterConfig(std::string_view name, std::string_view text,
                                               ClusterSpec defaults) {
  ASSIGN_OR_RETURN(YAML::Node node, LoadYaml(name, text));
  TRY(YamlToJson(name, node));  // finds duplicate keys and aliases that expand to too much
  if (node.IsNull()) return defaults;
  TRY(ConfigReader(name).Cluster(node, &defaults));
  return defaults;
}

}  // namespace kubectl_ray
