#include "kubectl-ray/manifests/cluster_spec.h"

#include <set>

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/ray_start_params.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;

Status CheckResources(const std::string& who, const PodResources& resources) {
  const std::pair<const char*, const std::string*> fields[] = {
      {"cpu", &resources.cpu},
      {"memory", &resources.memory},
      {"gpu", &resources.gpu},
      {"tpu", &resources.tpu},
      {"ephemeral-storage", &resources.ephemeral_storage},
      {"cpu-limit", &resources.cpu_limit}};
  for (const auto& [name, text] : fields)
    if (!text->empty()) TRY(Quantity::Parse(who + " " + name, *text));
  const Quantity cpu = Quantity::Parse("cpu", resources.cpu).value_or(Quantity());
  const Quantity limit = Quantity::Parse("cpu-limit", resources.cpu_limit).value_or(Quantity());
  if (!limit.is_zero() && limit < cpu)
    return Fail(ErrorCode::kUsage,
                who + " cannot have a CPU limit of " + resources.cpu_limit + " below the " + resources.cpu +
                    " CPUs that it asks for",
                "Ask for fewer CPUs, or raise the limit.");
  return Ok();
}

Status CheckParams(const std::string& who, const StringMap& params, shared::RayNodeType type) {
  const std::vector<shared::Error> complaints = shared::CheckRayStartParams(params, type);
  if (complaints.empty()) return Ok();
  std::string message = "cannot use the " + who + "'s ray start parameters: " + complaints.front().message;
  for (std::size_t i = 1; i < complaints.size(); ++i) message += "; " + complaints[i].message;
  return Fail(ErrorCode::kUsage, message, complaints.front().hint);
}

Status CheckLabels(const std::string& what, const StringMap& map, bool values) {
  for (const auto& [key, value] : map) {
    TRY(CheckLabelKey("the key of " + what, key));
    if (values) TRY(CheckLabelValue("the value of " + what + " \"" + key + "\"", value));
  }
  return Ok();
}

Status CheckImage(const std::string& image) {
  const bool bad = image.empty() || image.size() > 1024 || !shared::IsUtf8(image) ||
                   image.find_first_of(" \t\r\n\"'\\") != image.npos;
  if (!bad) return Ok();
  return Fail(ErrorCode::kUsage,
              "cannot use \"" + shared::EscapeControl(image.substr(0, 80)) + "\" as an image",
              "Write [REGISTRY/]NAME[:TAG], such as rayproject/ray:2.60.0.");
}

// Node labels choose a TPU slice; without them GKE schedules nothing.
Status CheckTpu(const WorkerGroup& group) {
  const auto tpu = Quantity::Parse("tpu", group.resources.tpu.empty() ? "0" : group.resources.tpu);
  if (!tpu || tpu->is_zero()) return Ok();
  for (const char* selector : {"cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology"})
    if (!group.node_selectors.contains(selector))
      return Fail(
          ErrorCode::kUsage, std::string(selector) + " is not set in --worker-node-selectors",
          "See https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus#availability for supported "
          "values.");
  return Ok();
}

}  // namespace

Status CheckWorkerGroup(const WorkerGroup& group) {
  TRY(CheckGroupName(group.name));
  const std::string who = "worker group \"" + group.name + "\"";
  if (group.replicas < 0)
    return Fail(ErrorCode::kUsage, who + " cannot have " + std::to_string(group.replicas) + " replicas");
  if (group.num_of_hosts < 1)
    return Fail(ErrorCode::kUsage,
                who + " cannot have replicas of " + std::to_string(group.num_of_hosts) + " hosts",
                "Give --num-of-hosts 1 or more.");
  if (group.min_replicas && *group.min_replicas < 0)
    return Fail(ErrorCode::kUsage, who + " cannot have fewer than 0 replicas");
  if (group.max_replicas && *group.max_replicas < group.min_replicas.value_or(0))
    return Fail(ErrorCode::kUsage,
                who + " cannot have a minimum of " + std::to_string(group.min_replicas.value_or(0)) +
                    " replicas above its maximum of " + std::to_string(*group.max_replicas));
  if (group.replicas < group.min_replicas.value_or(0) ||
      group.replicas > group.max_replicas.value_or(group.replicas))
    return Fail(ErrorCode::kUsage, who + " cannot have " + std::to_string(group.replicas) +
                                       " replicas: that is outside its minimum and maximum");
  TRY(CheckResources(who, group.resources));
  TRY(CheckLabels("a node selector", group.node_selectors, true));
  TRY(CheckTpu(group));
  return CheckParams(who, group.ray_start_params, shared::RayNodeType::kWorker);
}

Status CheckClusterSpec(const ClusterSpec& spec) {
  TRY(CheckClusterName(spec.name));
  TRY(CheckNamespace(spec.ns));
  TRY(CheckImage(spec.image));
  TRY(CheckLabels("a label", spec.labels, true));
  TRY(CheckLabels("an annotation", spec.annotations, false));
  TRY(CheckResources("head", spec.head.resources));
  TRY(CheckLabels("a node selector", spec.head.node_selectors, true));
  TRY(CheckParams("head", spec.head.ray_start_params, shared::RayNodeType::kHead));
  std::set<std::string> names;
  for (const WorkerGroup& group : spec.worker_groups) {
    TRY(CheckWorkerGroup(group));
    if (!names.insert(group.name).second)
      return Fail(ErrorCode::kUsage, "cannot have two worker groups named \"" + group.name + "\"");
  }
  if (spec.agent.delivery == AgentOptions::Delivery::kImage) TRY(CheckImage(spec.agent.image));
  if (spec.gcs_fuse && (spec.gcs_fuse->bucket_name.empty() || spec.gcs_fuse->mount_path.empty()))
    return Fail(ErrorCode::kUsage, "gke.gcsfuse needs both bucket-name and mount-path");
  return Ok();
}

}  // namespace kubectl_ray
